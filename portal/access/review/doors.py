"""The door to what only some assignments open. For everybody else there is no such page."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest

from consent.terms import Actor
from consent.vocabulary import Right
from portal.accounts.doors import View, needs_assignment


def needs_right(right: Right) -> Callable[[View], View]:
    """For sync views. Signed in without the right is answered as an address that never was."""

    def guard(view: View) -> View:
        @needs_assignment
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            reader_of(request, right)
            return view(request, *args, **kwargs)

        return guarded

    return guard


def reader_of(request: HttpRequest, right: Right | None = None) -> Actor:
    """The Actor that the door let in. Raises Http404 where a right is asked for and not held."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if right is not None and right not in actor.rights:
        raise Http404
    return actor
