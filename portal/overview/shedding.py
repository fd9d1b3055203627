"""A bounded number of pages about patients at a time in one process: those that are open stay quick (ADR 56).

One more is refused before the gate: nothing is asked, decided or logged about anybody.
"""

import weakref
from collections.abc import AsyncIterator
from contextlib import aclosing
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase

from portal import measuring
from portal.accounts.doors import AsyncView, View
from portal.errors import error_page

# Most pages are whole within a second or two.
COME_AGAIN_S = 5


class Room:
    """How many pages are open. All happens on one event loop, so there is nothing to lock."""

    def __init__(self) -> None:
        self.taken = 0
        self.refused = 0

    def enter(self) -> "Place | None":
        """None where the process is full."""
        if self.taken >= settings.OVERVIEWS_AT_ONCE:
            self.refused += 1
            return None
        return Place(self)


class Place:
    """One open page's. Given back once, whoever comes first."""

    def __init__(self, room: Room) -> None:
        self._room: Room | None = room
        room.taken += 1

    def leave(self) -> None:
        if self._room is not None:
            self._room.taken -= 1
            self._room = None


ROOM = Room()


def bounded(view: AsyncView) -> View:
    """For async views that ask the sources. A streamed page holds its place until its last byte, or until
    its reader has left."""

    @wraps(view)
    async def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        place = ROOM.enter()
        if place is None:
            return _come_again(request)
        try:
            response = await view(request, *args, **kwargs)
        except BaseException:
            place.leave()
            raise
        if isinstance(response, StreamingHttpResponse):
            response.streaming_content = _until_end(response.streaming_content, place)
            # One that is thrown away before anybody reads it.
            weakref.finalize(response, place.leave)
        else:
            place.leave()
        return response

    return guarded


async def _until_end(body: Any, place: Place) -> AsyncIterator[bytes]:
    try:
        async with aclosing(body):
            async for chunk in body:
                yield chunk
    finally:
        place.leave()


def _come_again(request: HttpRequest) -> HttpResponseBase:
    measuring.note_refused()
    response = error_page(request, "503")
    response.headers["Retry-After"] = str(COME_AGAIN_S)
    return response
