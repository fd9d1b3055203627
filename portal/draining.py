"""Whether this process has been told to end: it finishes what it began, and whoever shares out readers stops
sending it more."""

import threading

_told = threading.Event()


def begin_draining() -> None:
    """May be called from a signal handler."""
    _told.set()


def is_draining() -> bool:
    return _told.is_set()
