"""The Celery app: work that must outlive a request. Tasks carry ids, never patient data."""

import logging.config
import sys

from celery import Celery
from celery.signals import beat_init, setup_logging, worker_init

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


@worker_init.connect
@beat_init.connect
def refuse_unsafe_start(**_: object) -> None:
    """As a web process does (portal.asgi): whoever seals the log must not do so into nothing."""
    from django.conf import settings
    from django.core.checks import run_checks

    if not settings.PRODUCTION:
        return
    found = run_checks(include_deployment_checks=True, databases=["default"])
    if serious := [message for message in found if message.is_serious() and not message.is_silenced()]:
        # Celery notes what a receiver raises and goes on; an exit it does not take for a mistake.
        sys.exit("\n".join(map(str, serious)))


@setup_logging.connect
def keep_our_logging(**_: object) -> None:
    """Celery would replace the log format; connecting to its signal is how it is told not to."""
    from django.conf import settings

    logging.config.dictConfig(settings.LOGGING)
