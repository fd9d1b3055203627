from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    """What people and other systems meet."""

    name = "portal"
    verbose_name = _("Portalen")

    def ready(self) -> None:
        from celery.signals import beat_init, worker_process_init, worker_process_shutdown

        from portal import broker_checks, checks  # noqa: F401 - registers them

        worker_process_init.connect(measure_worker, dispatch_uid="measure_worker")
        beat_init.connect(measure_clock, dispatch_uid="measure_clock")
        worker_process_shutdown.connect(hand_over_measures, dispatch_uid="hand_over_measures")


def measure_worker(**_: Any) -> None:
    """In each process of a worker, after the fork: threads that send do not come along."""
    from portal.telemetry import start_pushing

    start_pushing("worker")


def measure_clock(**_: Any) -> None:
    from portal.telemetry import start_pushing

    start_pushing("clock")


def hand_over_measures(**_: Any) -> None:
    from portal.telemetry import hand_over

    hand_over()
