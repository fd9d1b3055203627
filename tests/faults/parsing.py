"""What reads bytes from outside, each as one function that ends in an answer or a fault."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from typing import Any

from connectors.base.contract import SourceFault
from connectors.base.dates import read_when
from connectors.base.failures import read_retry_after
from connectors.base.faultserver import Asked, Reply
from connectors.base.reading import read_decoded, read_json
from connectors.base.xmlreading import read_xml
from connectors.openfeed.files import read_file
from connectors.openfeed.refusing import RefusedWhole, words_of
from connectors.openfeed.reports import report_without_source
from connectors.openfeed.samples import SAMPLES
from consent.vocabulary import Kind
from tests.faults.systems import SYSTEMS, System
from tests.faults.test_foreign import ask

Parser = Callable[[bytes], object]


def parse_json(body: bytes) -> object:
    return _or_fault(lambda: read_json(body, "application/json"))


def parse_xml(body: bytes) -> object:
    return _or_fault(lambda: read_xml(body, "text/xml"))


def parse_gzip(body: bytes) -> object:
    async def chunks() -> AsyncIterator[bytes]:
        for start in range(0, len(body), 7):
            yield body[start : start + 7]

    def reading() -> object:
        # Nothing in it waits for anything, so that no loop is needed.
        try:
            read_decoded(chunks(), "gzip", 64 * 1024).send(None)
        except StopIteration as done:
            return done.value
        raise AssertionError("it waited")

    return _or_fault(reading)


def parse_date(body: bytes) -> object:
    text = body.decode("utf-8", "replace")
    read_retry_after(text)
    return read_when(text)


def _or_fault(read: Callable[[], object]) -> object:
    try:
        return read()
    except SourceFault as fault:
        return fault.fault


class ReplyParser:
    """A connector reading a reply of these bytes, with its mapping and the portal's own checking after it."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.loop = asyncio.new_event_loop()
        self.kinds = sorted(system.scenarios.found_kinds)

    def close(self) -> None:
        self.loop.close()

    def __call__(self, body: bytes) -> object:
        kinds = frozenset({self.kinds[len(body) % len(self.kinds)], self.kinds[sum(body) % len(self.kinds)]})
        return self.loop.run_until_complete(self._ask(body, kinds))

    async def _ask(self, body: bytes, kinds: frozenset[Kind]) -> object:
        scenarios = self.system.scenarios

        def answer(asked: Asked) -> Reply:
            reply = scenarios.found(asked)
            assert isinstance(reply, Reply)
            is_patient = b'"Patient"' in reply.body
            is_changed = scenarios.is_question(asked) and not is_patient
            return Reply(body, content_type=reply.content_type) if is_changed else reply

        try:
            return await ask(self.system, answer, kinds)
        except SourceFault as fault:
            return fault.fault


def parse_file(body: bytes) -> object:
    """A file that a vendor hands in or pushes as a table: read, judged row by row, and told."""
    try:
        return report_without_source(read_file("x.ndjson" if len(body) % 3 == 0 else "x", body))
    except RefusedWhole as refusal:
        return words_of(refusal)


def sound_bodies(system: System) -> list[bytes]:
    """What the questions are answered with when all is well."""
    heard: list[bytes] = []

    def answer(asked: Asked) -> Reply:
        reply = system.scenarios.found(asked)
        assert isinstance(reply, Reply)
        if system.scenarios.is_question(asked):
            heard.append(reply.body)
        return reply

    asyncio.run(ask(system, answer))
    return heard


PARSERS: dict[str, Callable[[], Parser]] = {
    "json": lambda: parse_json,
    "xml": lambda: parse_xml,
    "gzip": lambda: parse_gzip,
    "date": lambda: parse_date,
    "file": lambda: parse_file,
    **{system.speaks: lambda system=system: ReplyParser(system) for system in SYSTEMS},  # type: ignore[misc]
}


def sound_for(name: str) -> list[bytes]:
    """What a search begins with: input that the parser of this name reads."""
    if name == "file":
        return [sample.make() for sample in SAMPLES.values()]
    return [body for system in SYSTEMS if system.speaks == name for body in sound_bodies(system)]


ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 10**30, 1.5, "", " ", "?", "\u202e", "\ud7ff", "0001-01-01",
    "9999-12-31T24:00Z", "2026-02-30", [], {}, [None], [[]], {"": None}, "Patient/p1",
    "191212121212", "a" * 5000,
)  # fmt: skip


def mutate(value: Any, dice: random.Random, odd: Callable[[], Any]) -> Any:
    """The same value with one place in it replaced by something odd."""
    if isinstance(value, dict) and value and dice.random() < 0.92:
        name = dice.choice(sorted(value))
        return {**value, name: mutate(value[name], dice, odd)}
    if isinstance(value, list) and value and dice.random() < 0.92:
        place = dice.randrange(len(value))
        return [*value[:place], mutate(value[place], dice, odd), *value[place + 1 :]]
    return odd()


TELLING = (*(bytes([byte]) for byte in b'"[]{},<&-TZ0\\\x00\xff'), rb"\ud800")


def garble(body: bytes, dice: random.Random) -> bytes:
    """The same bytes cut, turned, doubled or with something put in, at one to three places."""
    for _ in range(dice.randint(1, 3)):
        start = dice.randint(0, len(body))
        end = min(len(body), start + dice.choice((0, 1, 1, 2, 8, 64)))
        put_in = dice.choice((b"", dice.choice(TELLING), dice.randbytes(2), body[start:end] * 2))
        body = body[:start] + put_in + body[end:]
    return body
