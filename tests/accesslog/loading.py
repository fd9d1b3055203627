"""A process that works on the log as the product does, and says on its standard output what it was told.

    python -m tests.accesslog.loading show NAME     releases to be shown, one after another: "shown NAME-17"
    python -m tests.accesslog.loading seal          the worker's task, again and again: "sealed 12"

It is meant to be killed. While the database is away it tries again.
"""

import sys
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import count

import django

django.setup()

from django.db import Error, connection  # noqa: E402

from consent import tasks  # noqa: E402
from consent.accesslog.events import Action  # noqa: E402
from consent.accesslog.write import LogUnavailable  # noqa: E402
from consent.release import NotReleased, Shown, release_now  # noqa: E402
from consent.vocabulary import Kind  # noqa: E402
from tests.consent.doings import TRACE, ask  # noqa: E402
from tests.consent.examples import AKUTEN, origin  # noqa: E402

OWN = Shown([(origin(AKUTEN), Kind.CARE_CONTACT)], {"cosmic": "answered"})


def again_and_again(work: Callable[[], str]) -> None:
    """Nothing is said before the work has returned: for a release that is when bytes leave."""
    while True:
        try:
            print(work(), flush=True)
        except (Error, LogUnavailable):
            connection.close()
            time.sleep(0.02)


def show(name: str) -> Callable[[], str]:
    """For a patient whose relation is recorded. A view lasts for a minute; then another one is opened."""
    views, numbers = [ask()], count()

    def show_next() -> str:
        request = f"{name}-{next(numbers)}"
        permit = views[-1].permit
        assert permit is not None
        try:
            release_now(permit, OWN, Action.OVERVIEW, replace(TRACE, request_id=request))
        except NotReleased:
            views.append(ask())
            return f"opened {len(views)}"
        return f"shown {request}"

    return show_next


def seal() -> str:
    sealed = tasks.seal_access_log()
    time.sleep(0.02)
    return f"sealed {sealed}"


if __name__ == "__main__":
    again_and_again(show(sys.argv[2]) if sys.argv[1] == "show" else seal)
