"""The ways to speak that every row of the fault matrix runs through, and the rows themselves.

Another system is one line in ``SYSTEMS``: what it is called, its connector, its source in the demo, and
where its scenarios stand.
"""

import functools
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from importlib import import_module

from connectors.base.contract import Answer, Connector, Fault, SourceFault, SourceProfile
from connectors.base.faults import FAULTS
from connectors.base.faultserver import Answerer, Asked, Reply, json_reply
from connectors.base.registry import build_connector, connector_classes
from connectors.base.scenarios import PATIENT_S, Scenarios, misbehaving
from connectors.fhir.emit import emit_outcome
from tests.factories.permits import permit_for

SHORT_S = 0.4


@dataclass(frozen=True)
class System:
    """``speaks``: what a row may ask for. ``source``: the slug in the demo."""

    speaks: str
    connector: str
    source: str
    named: str = "SCENARIOS"

    @property
    def scenarios(self) -> Scenarios:
        found: Scenarios = getattr(import_module(f"connectors.{self.connector}.scenarios"), self.named)
        return found

    @property
    def connector_class(self) -> type[Connector]:
        return connector_classes()[self.connector]

    def settings(self, base_url: str) -> dict[str, str]:
        return {name: text.replace("{base}", base_url) for name, text in self.scenarios.settings.items()}

    def profile(self, base_url: str, deadline_s: float) -> SourceProfile:
        scenarios, settings = self.scenarios, self.settings(base_url)
        owner = None if self.connector_class.manifest.is_aggregating else scenarios.owner
        return SourceProfile(
            slug=self.source,
            label=self.speaks,
            base_url=base_url + scenarios.path,
            owner=owner,
            kinds=self.connector_class.kinds_of(settings),
            settings=settings,
            connector=self.connector,
            deadline_s=deadline_s,
            providers={scenarios.owner.hsa_id: scenarios.owner},
        )

    async def ask(self, base_url: str, deadline_s: float = PATIENT_S) -> Answer | SourceFault:
        profile = self.profile(base_url, deadline_s)
        try:
            connector = build_connector(profile)
            return await connector.fetch(permit_for(self.scenarios.patient), profile.kinds)
        except SourceFault as fault:
            return fault

    def misbehaving(self, reply: Reply) -> Answerer:
        return misbehaving(self.scenarios.found, self.scenarios.is_question, reply)


SYSTEMS = (
    System("FHIR", "cosmic", "cosmic"),
    System("JSON", "viva", "viva-sol", "SOCIAL_SCENARIOS"),
    System("openfeed", "openfeed", "nordliden"),
    System("SOAP", "npo", "npo"),
)

# Where a test writes bodies anew it does so as JSON; XML has its own in tests/conformance/test_npo.py.
IN_JSON = tuple(system for system in SYSTEMS if system.speaks != "SOAP")

Misbehave = Callable[[System], Answerer]


@dataclass(frozen=True)
class Row:
    """One row that must end in a fault. ``is_slow``: only the deadline ends it. ``only``: who can say it.

    ``base_url``: where the source is said to stand, for what happens before anybody is asked.
    """

    name: str
    fault: Fault
    answer: Misbehave
    is_slow: bool = False
    only: str = ""
    base_url: str = ""

    def __str__(self) -> str:
        return self.name


@functools.cache
def _made(make: Callable[[], Reply]) -> Reply:
    """Once for all systems: a bomb takes a while to make."""
    return make()


def _common() -> list[Row]:
    return [
        Row(m.name, m.fault, lambda system, m=m: system.misbehaving(_made(m.reply)), m.is_slow)  # type: ignore[misc]
        for m in FAULTS
    ]


def _late(system: System) -> Answerer:
    """The right answer, after the deadline."""
    found, is_question = system.scenarios.found, system.scenarios.is_question

    async def answer(asked: Asked) -> Reply:
        reply = found(asked)
        sound = reply if isinstance(reply, Reply) else await reply
        return replace(sound, delay_s=SHORT_S * 4) if is_question(asked) else sound

    return answer


ROWS = (
    *_common(),
    Row("refused", Fault.CONNECT, lambda s: s.scenarios.found, base_url="http://127.0.0.1:9"),
    Row("DNS", Fault.DNS, lambda s: s.scenarios.found, base_url="http://no-such-host.invalid"),
    Row("an address that is not listed", Fault.FORBIDDEN, lambda s: s.scenarios.found,
        base_url="http://169.254.169.254"),
    Row("404", Fault.CONFIG, lambda s: s.misbehaving(json_reply({}, 404))),
    Row("50 MB", Fault.TOO_LARGE, lambda s: s.misbehaving(_made(_fifty_megabytes))),
    Row("wrong patient first", Fault.FOREIGN_PATIENT, lambda s: s.scenarios.foreign(0)),
    Row("wrong patient last", Fault.FOREIGN_PATIENT, lambda s: s.scenarios.foreign(2)),
    Row("answer after the deadline", Fault.TIMED_OUT, _late, is_slow=True),
    Row("an error of its own", Fault.REPORTED,
        lambda s: s.misbehaving(json_reply(emit_outcome("error", "exception"))), only="FHIR"),
    Row("a fatal error of its own", Fault.REPORTED,
        lambda s: s.misbehaving(json_reply(emit_outcome("fatal", "exception"))), only="FHIR"),
)  # fmt: skip


def _fifty_megabytes() -> Reply:
    return Reply(b" " * (50 * 1024 * 1024))


CASES = [(system, row) for system in SYSTEMS for row in ROWS if row.only in ("", system.speaks)]


def name_of(case: object) -> str:
    if isinstance(case, System):
        return case.speaks
    return re.sub(r"\W+", "-", str(case))


def rewritten(
    answer: Answerer, rewrite: Callable[[bytes], bytes], is_question: Callable[[Asked], bool]
) -> Answerer:
    """The same answers with another body where the question itself is answered."""

    def answering(asked: Asked) -> Reply | Awaitable[Reply]:
        reply = answer(asked)
        if not is_question(asked) or not isinstance(reply, Reply):
            return reply
        return replace(reply, body=rewrite(reply.body))

    return answering
