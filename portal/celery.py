"""The Celery app: work that must outlive a request. Tasks carry ids, never patient data."""

import logging.config

from celery import Celery
from celery.signals import setup_logging

app = Celery("patientoversikt")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@app.on_after_finalize.connect
def schedule_periodic_work(sender: Celery, **_: object) -> None:
    """What each floor wants done again and again. Read here, since its modules need Django to be set up."""
    from django.apps import apps

    from connectors.schedule import SCHEDULE as OF_SOURCES
    from consent.schedule import SCHEDULE as OF_CONSENT

    own = [getattr(config, "schedule", {}) for config in apps.get_app_configs()]
    of_apps = {name: job for jobs in own for name, job in jobs.items()}
    sender.conf.beat_schedule = {**OF_CONSENT, **OF_SOURCES, **of_apps}


@setup_logging.connect
def keep_our_logging(**_: object) -> None:
    """Celery would replace the log format; connecting to its signal is how it is told not to."""
    from django.conf import settings

    logging.config.dictConfig(settings.LOGGING)
