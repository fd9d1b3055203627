"""The simulated national log behind mutual TLS, and an access log to send from."""

import asyncio
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction

from connectors.storelog.models import Outgoing, Receiver
from connectors.storelog.tasks import send_national_log
from connectors.storelog.terms import NationalLog
from consent.accesslog.events import Action, Event
from consent.accesslog.model import AccessEvent
from consent.accesslog.write import Entry, Trace, write
from consent.tasks import seal_access_log
from consent.vocabulary import Kind
from tests.consent.examples import AKUTEN, FJALL, GUNHILD, NURSE, VARD
from tests.faults.certificates import client_pem, make_authority, server_context

SYSTEM = "SE2321000016-PORTAL"


@dataclass
class Running:
    """The service on a thread of its own; ``service`` is what it holds."""

    service: Any
    address: str
    _loop: asyncio.AbstractEventLoop

    def order(self, mode: str, seconds: float | None = None) -> None:
        from demo.simulators.control import Orders

        self.service.control.orders = Orders(mode=mode, seconds=seconds)  # type: ignore[arg-type]

    @property
    def kept(self) -> list[str]:
        return list(self.service.posts)


def serve(tls: ssl.SSLContext | None = None) -> Iterator[Running]:
    simulator = pytest.importorskip("demo.simulators.storelog")
    from aiohttp import web

    service, loop = simulator.LogService(), asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def begin() -> tuple[Any, int]:
        runner = web.AppRunner(
            service.make_app(), access_log=None, handler_cancellation=True, shutdown_timeout=0.1
        )
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls).start()
        return runner, runner.addresses[0][1]

    runner, port = asyncio.run_coroutine_threadsafe(begin(), loop).result(20)
    scheme = "https" if tls else "http"
    yield Running(service, f"{scheme}://127.0.0.1:{port}/StoreLog", loop)
    asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(20)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(20)
    # Left open, it would be found by the collector in the middle of some other test, and told of there.
    loop.close()


@dataclass(frozen=True)
class Papers:
    """What both sides show each other."""

    server: ssl.SSLContext
    authority: str
    certificate: str
    key: str


@pytest.fixture(scope="session")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Papers:
    authority = make_authority(tmp_path_factory.mktemp("tls"))
    server = server_context(authority)
    server.verify_mode = ssl.CERT_REQUIRED
    server.load_verify_locations(cafile=str(authority.path))
    pem = client_pem(authority)
    return Papers(server, authority.pem, pem.certificate, pem.key)


@pytest.fixture
def national_log(papers: Papers, settings: Any) -> Iterator[Running]:
    for running in serve(papers.server):
        settings.NATIONAL_LOG = NationalLog(
            running.address,
            SYSTEM,
            certificate=papers.certificate,
            key=papers.key,
            authority=papers.authority,
        )
        yield running


def write_shown(**more: Any) -> str:
    """One look at a patient, as it is logged; the row's id."""
    said: dict[str, Any] = {
        "event": Event.SHOWN,
        "actor": NURSE,
        "trace": Trace("r" * 32, "s", "192.0.2.7"),
        "patient": GUNHILD,
        "action": Action.OVERVIEW,
        "kinds": frozenset({Kind.WARNING}),
        "origins": [(FJALL.hsa_id, AKUTEN.hsa_id, "warning", 2), (VARD.hsa_id, "", "contact", 1)],
    }
    write(Entry(**{**said, **more}))
    return str(AccessEvent.objects.order_by("-seq").values_list("event_id", flat=True)[0])


def write_rows(count: int) -> list[str]:
    return [write_shown() for _ in range(count)]


def put_in_queue() -> None:
    """As taking does, for tests inside a transaction, where nothing can be sealed: every row there is."""
    Receiver.objects.get_or_create(pk=1)
    with transaction.atomic():
        for row in AccessEvent.objects.exclude(seq__in=Outgoing.objects.values("seq")).exclude(activity=""):
            Outgoing.objects.create(event_id=row.event_id, seq=row.seq, at=row.at)


def send() -> int:
    """As the job does."""
    return int(send_national_log())


def send_at_once() -> int:
    """Without waiting for the time of the next attempt."""
    Receiver.objects.update(next_at=None, leased_until=None)
    return send()


def states() -> dict[str, str]:
    return {str(row.pk): row.state for row in Outgoing.objects.all()}


def seal() -> int:
    return int(seal_access_log())
