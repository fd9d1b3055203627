"""Too many pages at once: one more is told to come again, at once, and those that are open go on."""

import asyncio
import gc
from typing import Any

import pytest
from django.http import HttpResponse, StreamingHttpResponse
from django.test import RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from consent.accesslog.model import AccessEvent
from portal.overview import shedding
from portal.overview.shedding import Room, bounded
from tests.walking import Reader

# They ask no source: whether a page holds, and a note to an owner.
ASK_NOBODY = {"validity", "report"}


@pytest.fixture
def room(monkeypatch, settings) -> Room:
    settings.OVERVIEWS_AT_ONCE = 2
    monkeypatch.setattr(shedding, "ROOM", Room())
    return shedding.ROOM


def request():
    return RequestFactory().get("/")


def test_full_house_refuses_and_takes_again_when_a_page_has_ended(room):
    async def run():
        gate = asyncio.Event()

        @bounded
        async def page(_request):
            await gate.wait()
            return HttpResponse("whole")

        open_pages = [asyncio.create_task(page(request())) for _ in range(2)]
        await asyncio.sleep(0)
        refused = [await page(request()) for _ in range(3)]
        gate.set()
        answered = await asyncio.gather(*open_pages)
        return refused, answered, await page(request())

    refused, answered, later = asyncio.run(run())
    assert [r.status_code for r in refused] == [503] * 3
    assert refused[0].headers["Retry-After"] == "5"
    assert "för mycket att göra" in refused[0].content.decode()
    assert "säger inget om vad som finns" in refused[0].content.decode()
    assert [r.content for r in (*answered, later)] == [b"whole"] * 3
    assert (room.taken, room.refused) == (0, 3)


def streamed(room, read):
    """A page of three chunks, of which ``read`` are read; how many places are taken before and after."""

    async def run():
        async def body():
            for number in range(3):
                yield b"%d" % number

        @bounded
        async def page(_request):
            return StreamingHttpResponse(body())

        response: Any = await page(request())
        taken = room.taken
        chunks = response.streaming_content
        for _ in range(read):
            await anext(chunks, None)
        await chunks.aclose()
        del response, chunks
        gc.collect()
        for _ in range(10):  # what closes a generator that nobody holds is a task of its own
            await asyncio.sleep(0)
        return taken, room.taken

    return asyncio.run(run())


@pytest.mark.parametrize("read", [0, 1, 4], ids=["thrown away", "reader left", "read to its end"])
def test_streamed_page_holds_its_place_until_its_end(room, read):
    assert streamed(room, read) == (1, 0)


def test_page_that_fails_gives_its_place_back(room):
    @bounded
    async def page(_request):
        raise ValueError

    for _ in range(5):
        with pytest.raises(ValueError):
            asyncio.run(page(request()))
    assert room.taken == 0


def test_reader_who_leaves_while_the_page_is_made_gives_the_place_back(room):
    async def run():
        @bounded
        async def page(_request):
            await asyncio.sleep(600)

        task = asyncio.create_task(page(request()))
        await asyncio.sleep(0)
        assert room.taken == 1
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(run())
    assert room.taken == 0


def patients_pages(resolver: URLResolver, before: str = "") -> list[URLPattern]:
    found: list[URLPattern] = []
    for one in resolver.url_patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLResolver):
            found += patients_pages(one, route)
        elif route.startswith("p/<str:handle>/") and one.callback.__module__.startswith("portal.overview"):
            found.append(one)
    return found


def test_every_page_that_asks_sources_is_bounded():
    pages = patients_pages(get_resolver())
    assert len(pages) > 8
    free = {page.name for page in pages if page.callback.__code__.co_filename != shedding.__file__}
    assert free == ASK_NOBODY


@pytest.mark.demo
@pytest.mark.network
def test_refused_view_asks_decides_and_logs_nothing(room, people, settings):
    from demo.people import BY_LETTER

    reader = Reader().sign_in("akuten")
    reader.search(BY_LETTER["A"].number)
    before = AccessEvent.objects.count()
    settings.OVERVIEWS_AT_ONCE = 0
    for name in ("overview", "sources", "timeline"):
        reply = reader.get(reverse(name, args=[reader.handle]))
        assert (reply.status, reply.headers["Retry-After"]) == (503, "5")
        assert BY_LETTER["A"].number not in reply.body
    assert AccessEvent.objects.count() == before
    settings.OVERVIEWS_AT_ONCE = 2
    assert reader.get(reverse("overview", args=[reader.handle])).status == 200
    assert room.taken == 0
