"""One overview as a stream: the shell, then each release as it is logged. No row, no bytes."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from uuid import uuid4

import structlog
from django.template.loader import render_to_string
from django.utils import translation

from consent.accesslog.write import LogUnavailable
from consent.release import NotReleased, leave, release
from portal.aggregation.fanout import Asked
from portal.aggregation.outcomes import Outcome, Refused
from portal.appearance import support
from portal.overview.board import Board
from portal.overview.visit import Visit, shown_by

log = structlog.get_logger(__name__)

ACCESS_CHANGED = "overview/access_changed.html"
LOG_DOWN = "overview/log_down.html"
BROKEN = "overview/broken.html"


@dataclass(frozen=True, slots=True)
class Doorway:
    """What stands between an answer and the reader; replaced in tests by something that can be watched."""

    release: Callable[..., Awaitable[None]] = release
    leave: Callable[..., Awaitable[None]] = leave


async def stream(
    board: Board, asked: Asked, head: str, tail: str, language: str, doorway: Doorway | None = None
) -> AsyncGenerator[bytes, None]:
    """The page's bytes. ``head`` holds the shell, ``tail`` what ends the document.

    ``asked``: the visit's questions, already on their way. Where a release is not granted one fragment covers
    everything shown so far, and nothing more is sent.
    """
    through = doorway or Doorway()
    visit = board.visit
    permit = visit.ruling.permit
    if permit is None:
        yield head.encode()
        yield tail.encode()
        return
    logged: set[str] = set()
    is_over = False
    try:
        async with aclosing(asked):
            yield head.encode()
            async with aclosing(releases_of(visit, asked)) as releases:
                async for outcomes in releases:
                    try:
                        await through.release(permit, shown_by(outcomes), visit.action, visit.opened.trace)
                    except NotReleased:
                        is_over = True
                        yield cover(ACCESS_CHANGED, language).encode()
                        break
                    logged |= {outcome.source.slug for outcome in outcomes}
                    with translation.override(language):
                        fragment = board.take([o for o in outcomes if not isinstance(o, Refused)])
                    yield fragment.encode()
        is_over = True
        yield tail.encode()
    except LogUnavailable:
        is_over = True
        yield (cover(LOG_DOWN, language, error_id=visit.opened.trace.request_id[:12]) + tail).encode()
    except Exception:
        is_over = True
        error_id = uuid4().hex[:12]
        log.exception("stream_broke", error_id=error_id)
        yield (cover(BROKEN, language, error_id=error_id) + tail).encode()
    finally:
        if not is_over:
            awaited = {p.slug: "left" for p in visit.asked if p.slug not in logged}
            await asyncio.shield(through.leave(permit, awaited, visit.action, visit.opened.trace))


async def releases_of(visit: Visit, asked: Asked) -> AsyncGenerator[tuple[Outcome, ...], None]:
    """Every batch to release: what the rules refused travels with the first that has answers."""
    refused: tuple[Outcome, ...] = visit.division.refused
    if not visit.asked:
        yield refused
        return
    async for outcomes in asked:
        yield (*refused, *outcomes)
        refused = ()


def cover(template: str, language: str, **context: str) -> str:
    """A fragment for the outermost slot: it takes the place of the whole page, without any script."""
    with translation.override(language):
        return render_to_string(template, {**support(), **context})
