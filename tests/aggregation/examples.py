"""Sources, connectors and records for tests of what becomes of answers. All of it is invented."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

from connectors.base.breaker import Breaker
from connectors.base.contract import Answer, Connector, Manifest, SourceProfile
from connectors.base.kinds import (
    CareContact,
    CareLimitation,
    CarePlan,
    Contact,
    Coordination,
    Diagnosis,
    HomeCare,
    Medication,
    Prehospital,
    SocialService,
    Vaccination,
)
from connectors.base.kinds import Warning as Caution
from connectors.base.records import Author, Record, Status, When
from consent.terms import Origin, Permit, PersonId, Provider, Unit
from consent.vocabulary import EVERY_KIND, CareKind, InformationType, Kind
from portal.aggregation.bulkhead import Bulkhead
from portal.aggregation.fanout import Exchange
from portal.aggregation.lamps import Moment
from portal.aggregation.outcomes import Outcome
from tests.factories.permits import AKUTEN, FJALL, OMSORG, TOLVAN, VARD

TODAY = date(2026, 3, 12)
NOON = datetime(2026, 3, 12, 11, 32, tzinfo=UTC)
MOMENT = Moment(NOON)
MEDICIN = Unit("SE2321000016-R0ME", "Medicin", FJALL)
HEMSJUKVARDEN = Unit("SE2120000019-V0HS", "Hemsjukvården", VARD)
HEMTJANSTEN = Unit("SE2120000019-O0HT", "Hemtjänsten", OMSORG)

KINDS_OF_HOME = frozenset(
    {Kind.CARE_LIMITATION, Kind.WARNING, Kind.CONTACT, Kind.HOME_CARE, Kind.COORDINATION, Kind.CARE_PLAN}
)
KINDS_OF_CARE = EVERY_KIND - {Kind.SOCIAL_SERVICE, Kind.HOME_CARE}
TYPE_OF_RECORD: dict[Kind, type[Any]] = {
    record.kind: record
    for record in (
        CareLimitation,
        Caution,
        Contact,
        Vaccination,
        SocialService,
        HomeCare,
        Coordination,
        CarePlan,
        CareContact,
        Prehospital,
        Diagnosis,
        Medication,
    )
}
INFORMATION_TYPE = {Kind.CARE_LIMITATION: InformationType.ALERT, Kind.WARNING: InformationType.ALERT}

R = TypeVar("R", bound=Record)


def ago(days: int) -> When:
    """So many days before the tests' day; negative lies ahead."""
    return When.on(TODAY - timedelta(days=days))


def source(
    slug: str = "cosmic",
    owner: Provider | None = FJALL,
    kinds: frozenset[Kind] = KINDS_OF_CARE,
    **more: Any,
) -> SourceProfile:
    return SourceProfile(
        slug, more.pop("label", slug.capitalize()), "http://127.0.0.1:9", owner, kinds=kinds, **more
    )


COSMIC = source()
VIVA_HSL = source("viva-hsl", VARD, KINDS_OF_HOME, label="Viva HSL", phone="0980-319260")
VIVA_SOL = source("viva-sol", OMSORG, frozenset({Kind.SOCIAL_SERVICE, Kind.CONTACT}), label="Viva SoL")


def origin(unit: Unit = AKUTEN, kind: Kind = Kind.CARE_CONTACT) -> Origin:
    social = unit.provider.kind is CareKind.SOCIAL_CARE
    default = InformationType.SOCIAL if social else InformationType.DOCUMENTATION
    return Origin(unit.provider, unit.hsa_id, unit.name, INFORMATION_TYPE.get(kind, default), NOON)


def record(
    made: type[R],
    *,
    unit: Unit = AKUTEN,
    source: str = "cosmic",
    patient: PersonId = TOLVAN,
    status: Status = Status.ACTIVE,
    **more: Any,
) -> R:
    kind = made.kind
    return made(
        **{
            "id": f"{kind.value}-1",
            "source": source,
            "patient": patient,
            "origin": origin(unit, kind),
            "status": status,
            "title": "",
            "author": Author("Petra Lavander", "Läkare"),
            **more,
        }
    )


def plain(kind: Kind, **more: Any) -> Record:
    """A record of any kind with nothing but what every record has."""
    made: Record = record(TYPE_OF_RECORD[kind], **{"title": kind.value, **more})
    return made


Script = Callable[[Permit, frozenset[Kind]], Awaitable[Answer]]


class Scripted(Connector):
    """A connector that does what the test says."""

    manifest = Manifest(slug="scripted", label="Scripted", kinds=EVERY_KIND)

    def __init__(self, profile: SourceProfile, script: Script) -> None:
        self.profile = profile
        self.script = script
        self.calls: list[frozenset[Kind]] = []

    async def fetch(self, permit: Permit, kinds: frozenset[Kind]) -> Answer:
        self.calls.append(kinds)
        return await self.script(permit, kinds)

    async def probe(self) -> None:
        return None


def answering(*records: Record, after_s: float = 0, as_of: datetime = NOON, **more: Any) -> Script:
    async def script(_permit: Permit, _kinds: frozenset[Kind]) -> Answer:
        await asyncio.sleep(after_s)
        return Answer(records, as_of, **more)

    return script


def failing(error: BaseException) -> Script:
    async def script(_permit: Permit, _kinds: frozenset[Kind]) -> Answer:
        raise error

    return script


def hanging() -> Script:
    async def script(_permit: Permit, _kinds: frozenset[Kind]) -> Answer:
        await asyncio.sleep(60)
        raise AssertionError("nobody waits this long")

    return script


def exchange_of(
    scripts: dict[str, Script], breaker: Breaker | None = None
) -> tuple[Exchange, dict[str, Scripted]]:
    """An exchange over scripted connectors, and those it has made, by source."""
    made: dict[str, Scripted] = {}

    async def connect(profile: SourceProfile) -> Connector:
        if profile.slug not in made:
            made[profile.slug] = Scripted(profile, scripts[profile.slug])
        return made[profile.slug]

    return Exchange(connect, breaker or Breaker(), Bulkhead()), made


def by_source(outcomes: Sequence[Outcome]) -> dict[str, Outcome]:
    return {outcome.source.slug: outcome for outcome in outcomes}
