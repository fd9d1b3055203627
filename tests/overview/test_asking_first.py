"""The sources are asked as soon as the gate has said yes, and think while the page is drawn (ADR 68)."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from functools import partial
from typing import Any

import pytest
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest, StreamingHttpResponse
from django.template.loader import render_to_string
from django.test import RequestFactory

from connectors.base.contract import Answer
from consent.terms import Permit
from consent.vocabulary import Kind
from portal.aggregation.fanout import Asked, fan_out
from portal.overview import views
from portal.overview.board import Board
from portal.overview.stream import Doorway, stream
from portal.overview.visit import Visit
from portal.patients.returning import KEY, _short
from tests.aggregation.examples import NOON, exchange_of
from tests.overview.visits import Door, ruling_of, visit_of

pytestmark = pytest.mark.usefixtures("quiet_urls")

HANDLE = "handle"


class Systems:
    """Three sources that answer when they are let. Who was asked, and which calls were cut."""

    def __init__(self) -> None:
        self.asked: set[str] = set()
        self.cut: set[str] = set()
        self.may_answer = asyncio.Event()
        slugs = ("cosmic", "viva-hsl", "viva-sol")
        self.exchange, _ = exchange_of({slug: partial(self.answer, slug) for slug in slugs})

    async def answer(self, slug: str, _permit: Permit, _kinds: frozenset[Kind]) -> Answer:
        self.asked.add(slug)
        try:
            await self.may_answer.wait()
        except asyncio.CancelledError:
            self.cut.add(slug)
            raise
        return Answer((), NOON)


EVERYBODY = {"cosmic", "viva-hsl", "viva-sol"}


@pytest.fixture
def systems(monkeypatch: pytest.MonkeyPatch) -> Systems:
    made = Systems()
    monkeypatch.setattr(views, "fan_out", partial(fan_out, exchange=made.exchange))
    return made


@pytest.fixture
def door(monkeypatch: pytest.MonkeyPatch) -> Door:
    """Where the log is."""
    made = Door()

    def watched(
        board: Board, asked: Asked, head: str, tail: str, language: str
    ) -> AsyncGenerator[bytes, None]:
        return stream(board, asked, head, tail, language, Doorway(made.release, made.leave))

    monkeypatch.setattr(views, "stream", watched)
    return made


@pytest.fixture(autouse=True)
def visit(monkeypatch: pytest.MonkeyPatch) -> list[Visit]:
    """What the gate says; a test may put another in its place."""
    found = [visit_of()]

    async def open_visit(*_asked: object) -> Visit:
        return found[0]

    monkeypatch.setattr(views, "open_visit", open_visit)
    return found


def request() -> HttpRequest:
    made = RequestFactory().get(f"/p/{HANDLE}/")
    made.session = {KEY: [_short(HANDLE)]}  # type: ignore[assignment]
    return made


async def page() -> StreamingHttpResponse:
    response = await views.overview(request(), HANDLE)
    assert isinstance(response, StreamingHttpResponse)
    return response


def ended(
    going: Callable[[], Awaitable[object]], leaving: asyncio.Event | None = None
) -> BaseException | None:
    """A request from its beginning to whatever its end was, or to where its reader is ``leaving``. No task of
    it is left."""

    async def run() -> BaseException | None:
        task = asyncio.ensure_future(going())
        if leaving is not None:
            await leaving.wait()
            task.cancel()
        await asyncio.wait([task])
        failure = None if task.cancelled() else task.exception()
        # With it goes the response, as at the end of a request.
        del task
        for _ in range(20):
            await asyncio.sleep(0)
        assert asyncio.all_tasks() == {asyncio.current_task()}
        return failure

    return asyncio.run(run())


def test_every_source_is_asked_before_the_page_is_drawn(
    systems: Systems, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked_by_then: list[set[str]] = []

    def drawing(*what: Any) -> str:
        asked_by_then.append(set(systems.asked))
        return render_to_string(*what)

    monkeypatch.setattr(views, "render_to_string", drawing)

    async def reading() -> str:
        response = await page()
        systems.may_answer.set()
        return "".join([chunk.decode() async for chunk in response])

    found: list[str] = []

    async def whole() -> None:
        found.append(await reading())

    assert ended(whole) is None
    assert asked_by_then == [EVERYBODY]
    assert found[0].rstrip().endswith("</html>")
    assert [set(shown.outcomes) for shown in door.shown] == [EVERYBODY]
    assert (systems.cut, door.left) == (set(), [])


def test_a_page_that_cannot_be_drawn_takes_its_questions_back(
    systems: Systems, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaking(*_what: Any) -> str:
        raise ValueError("cannot be drawn")

    monkeypatch.setattr(views, "render_to_string", breaking)
    assert isinstance(ended(page), ValueError)
    assert (systems.asked, systems.cut) == (EVERYBODY, EVERYBODY)
    assert (door.shown, door.left) == ([], [])


def test_a_reader_who_leaves_while_the_page_is_drawn_takes_its_questions_along(
    systems: Systems, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    leaving = asyncio.Event()

    async def long(*_what: object) -> None:
        leaving.set()
        await asyncio.sleep(60)

    monkeypatch.setattr(views, "panel_for", long)
    ended(page, leaving)
    assert (systems.asked, systems.cut) == (EVERYBODY, EVERYBODY)
    assert (door.shown, door.left) == ([], [])


def test_a_page_that_is_drawn_and_never_begun_takes_its_questions_back(systems: Systems, door: Door) -> None:
    assert ended(page) is None
    assert (systems.asked, systems.cut) == (EVERYBODY, EVERYBODY)
    assert (door.shown, door.left) == ([], [])


def test_a_reader_who_leaves_at_the_first_bytes_is_logged_with_all_that_were_asked(
    systems: Systems, door: Door
) -> None:
    leaving = asyncio.Event()

    async def beginning() -> None:
        body = aiter((await page()).streaming_content)  # type: ignore[arg-type]
        await anext(body)
        leaving.set()
        await asyncio.sleep(60)

    ended(beginning, leaving)
    assert systems.cut == EVERYBODY
    assert door.left == [dict.fromkeys(sorted(EVERYBODY), "left")]


@pytest.mark.parametrize("leaves_at", ["http.response.start", "http.response.body"])
def test_a_reader_who_hangs_up_is_noticed_by_django_and_nothing_goes_on(
    systems: Systems, door: Door, leaves_at: str
) -> None:
    """As a server would tell it: the connection is gone while the first bytes are being sent."""
    handler, gone = ASGIHandler(), asyncio.Event()

    async def respond(_request: HttpRequest) -> StreamingHttpResponse:
        return await page()

    handler.get_response_async = respond  # type: ignore[method-assign, assignment]
    messages = iter(({"type": "http.request", "body": b""}, {"type": "http.disconnect"}))

    async def receive() -> dict[str, Any]:
        message = next(messages)
        if message["type"] == "http.disconnect":
            await gone.wait()
        return message

    async def send(message: Mapping[str, Any]) -> None:
        if message["type"] == leaves_at:
            gone.set()
            await asyncio.sleep(60)

    async def serving() -> None:
        scope = {"type": "http", "method": "GET", "path": f"/p/{HANDLE}/", "headers": []}
        await handler(scope, receive, send)

    assert ended(serving) is None
    assert (systems.asked, systems.cut) == (EVERYBODY, EVERYBODY)
    has_begun = leaves_at == "http.response.body"
    assert door.left == ([dict.fromkeys(sorted(EVERYBODY), "left")] if has_begun else [])


def test_where_the_gate_says_no_nobody_is_asked(
    systems: Systems, visit: list[Visit], monkeypatch: pytest.MonkeyPatch
) -> None:
    visit[0] = visit_of(ruling_of(has_permit=False))

    async def access_page(*_what: object) -> None:
        await asyncio.sleep(0)

    monkeypatch.setattr(views, "access_page", access_page)

    async def refused() -> None:
        assert await views.overview(request(), HANDLE) is None

    assert ended(refused) is None
    assert systems.asked == set()
