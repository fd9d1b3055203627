"""A transport that remembers how it was used: addresses, sizes, seconds. Never what was said."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connectors.base.request import Request
from connectors.base.transport import Transport


@dataclass(frozen=True, slots=True)
class Sent:
    """One request as it left."""

    method: str
    address: str
    took_s: float

    def __str__(self) -> str:
        return f"{self.method} {self.address}"


class Witness(Transport):
    """The real transport, watched."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.sent: list[Sent] = []

    async def _send(self, request: Request, credentials: Mapping[str, str]) -> Any:
        started = asyncio.get_running_loop().time()
        try:
            return await super()._send(request, credentials)
        finally:
            took_s = asyncio.get_running_loop().time() - started
            self.sent.append(Sent(request.method, str(request.url), took_s))

    def told(self, numbers: frozenset[str]) -> str:
        """What was sent, each address once, with a number that stands in one hidden."""
        told = dict.fromkeys(str(sent) for sent in self.sent)
        text = ", ".join(list(told)[:6]) + (" …" if len(told) > 6 else "")
        for number in numbers:
            text = text.replace(number, "[nummer]")
        return text
