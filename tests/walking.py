"""Walking through the portal over HTTP inside one process, as one signed-in persona at a time."""

from dataclasses import dataclass
from typing import Any

from asgiref.sync import async_to_sync
from django.http import HttpResponse
from django.test import AsyncClient
from django.urls import reverse

from connectors.base.session import close_session
from tests.reading import OverviewPage


@dataclass
class Reply:
    """One answer, read to its end."""

    status: int
    body: str
    location: str
    headers: dict[str, str]
    chunks: tuple[bytes, ...] = ()


class Reader:
    """A browser without a screen: keeps its session, follows nothing by itself."""

    def __init__(self) -> None:
        self.client = AsyncClient()
        self.handle = ""

    def get(self, path: str, **headers: str) -> Reply:
        return async_to_sync(self._go)("get", path, {}, headers)

    def post(self, path: str, data: dict[str, Any] | None = None) -> Reply:
        return async_to_sync(self._go)("post", path, data or {}, {})

    def send(self, path: str, said: Any) -> Reply:
        """JSON, as a script of a page would."""
        return async_to_sync(self._go)("post", path, said, {}, "application/json")

    async def _go(
        self, method: str, path: str, data: dict[str, Any], headers: dict[str, str], kind: str = ""
    ) -> Reply:
        given = {"content_type": kind} if kind else {}
        try:
            response = await getattr(self.client, method)(path, data, headers=headers, **given)
            chunks = await _chunks_of(response)
        finally:
            await close_session()
        return Reply(
            response.status_code,
            b"".join(chunks).decode(),
            response.headers.get("Location", ""),
            dict(response.headers),
            tuple(chunks),
        )

    def sign_in(self, persona: str, unit: str = "") -> "Reader":
        """One click, and an assignment: the only one, or the one at ``unit`` (HSA-id), or the first."""
        reply = self.post(reverse("demo_sign_in"), {"persona": persona})
        assert reply.status == 302, reply.body[:500]
        page = self.get(reverse("choose_assignment"))
        if page.status == 200:
            from portal.accounts.models import Assignment

            mine = Assignment.objects.filter(user__username=persona)
            chosen = mine.filter(unit_id=unit).first() if unit else mine.order_by("pk").first()
            assert chosen is not None
            assert self.post(reverse("choose_assignment"), {"assignment": chosen.pk}).status == 302
        return self

    def search(self, number: str) -> Reply:
        """Search; on success ``handle`` stands for the patient from now on."""
        reply = self.post(reverse("search"), {"number": number})
        if reply.status == 302:
            self.handle = reply.location.strip("/").split("/")[1]
        return reply

    def act(self, name: str, **data: Any) -> Reply:
        """One act of the access step, by URL name."""
        return self.post(reverse(name, args=[self.handle]), data)

    def overview(self) -> OverviewPage:
        reply = self.get(reverse("overview", args=[self.handle]))
        assert reply.status == 200, (reply.status, reply.body[:2000])
        return OverviewPage(reply.body)

    def detail(self, kind: str) -> Reply:
        return self.get(reverse("detail", args=[self.handle, kind]))


async def _chunks_of(response: HttpResponse) -> list[bytes]:
    if response.streaming:
        return [chunk async for chunk in response.streaming_content]  # type: ignore[attr-defined]
    return [response.content]
