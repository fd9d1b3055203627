"""How a simulator is told to misbehave, and what it was asked. Shared by all of them.

``POST /_control`` {"mode", "seconds"?, "patient"?, "path"?, "position"?}; ``GET /_control``;
``GET``/``DELETE /_requests``. ``patient`` (a number) limits the fault to questions about that person,
``path`` to those whose path begins so; ``position`` says where a foreign record is slipped in.
"""

from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, replace
from typing import Any, get_args

from aiohttp import web

from demo.simulators.faults import WIRE_FAULTS, Mode, distort

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
# What an error body looks like in the language the simulator speaks: (status, code, words) -> JSON.
Explain = Callable[[int, str, str], Any]
MODES: tuple[str, ...] = get_args(Mode)


@dataclass(frozen=True)
class Orders:
    """The fault in force. ``seconds`` None means the mode's own pace."""

    mode: Mode = "ok"
    seconds: float | None = None
    patient: str | None = None
    path: str = ""
    position: int = 1


class Control:
    """The orders of one simulator and the log of what it was asked (the latest 5,000 questions)."""

    def __init__(self, explain: Explain, media_type: str = "application/json") -> None:
        self.usual = self.orders = Orders()
        self.explain = explain
        self.media_type = media_type
        self.requests: deque[dict[str, str]] = deque(maxlen=5000)

    def begin_with(self, orders: Orders) -> None:
        """How this system usually is; a plain "ok" brings it back to that."""
        self.usual = self.orders = orders

    def mode_for(self, patient: str, path: str = "") -> Mode:
        """The mode in force for questions about this number; "" where no person is asked about."""
        if self.orders.patient not in (None, patient) or not path.startswith(self.orders.path):
            return "ok"
        return self.orders.mode

    def refuse(self, status: int, code: str, words: str) -> web.Response:
        """An error answer in the simulator's own shape."""
        return web.json_response(
            self.explain(status, code, words), status=status, content_type=self.media_type
        )

    def attach(self, app: web.Application) -> None:
        """Add the control routes and put the faults between the handlers and the wire."""
        app.middlewares.append(self._middleware())
        app.router.add_get("/_control", self._tell)
        app.router.add_post("/_control", self._order)
        app.router.add_get("/_requests", self._list)
        app.router.add_delete("/_requests", self._forget)

    async def _tell(self, _request: web.Request) -> web.Response:
        return web.json_response(asdict(self.orders))

    async def _order(self, request: web.Request) -> web.Response:
        wanted = await request.json()
        unknown = sorted(set(wanted) - set(asdict(self.orders)))
        if unknown or wanted.get("mode") not in MODES:
            return web.json_response(
                {"error": "unknown_order", "unknown": unknown, "modes": MODES}, status=400
            )
        self.orders = self.usual if wanted == {"mode": "ok"} else replace(Orders(), **wanted)
        return web.json_response(asdict(self.orders))

    async def _list(self, _request: web.Request) -> web.Response:
        return web.json_response(list(self.requests))

    async def _forget(self, _request: web.Request) -> web.Response:
        self.requests.clear()
        return web.Response(status=204)

    def _middleware(self) -> Any:
        @web.middleware
        async def answer(request: web.Request, handler: Handler) -> web.StreamResponse:
            if request.path.startswith("/_"):
                return await handler(request)
            body = await request.text()
            self.requests.append({"method": request.method, "path": request.path_qs, "body": body})
            response = await handler(request)
            # Only answers about a person can be faulty; a handler marks them with the number.
            mode = self.mode_for(request["patient"], request.path) if "patient" in request else "ok"
            if mode in WIRE_FAULTS and isinstance(response, web.Response):
                return await distort(request, response, mode, self.orders.seconds, self.refuse)
            return response

        return answer
