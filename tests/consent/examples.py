"""Plain values for tests of the rules: readers, reaches and facts of an afternoon in November."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from consent.facts import (
    ChoiceFact,
    ConsentFact,
    EmergencyFact,
    Facts,
    InabilityFact,
    LiftFact,
    LiftRequestFact,
    Obstacle,
    Person,
    Protection,
    RefusalFact,
    SipConsentFact,
)
from consent.terms import ANY, Actor, Block, Origin, PersonId, Provider, Reach, Unit
from consent.vocabulary import BlockKind, CareKind, Distance, InformationType, Purpose

NOW = datetime(2026, 11, 15, 12, 0, tzinfo=UTC)
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)

GUNHILD = PersonId("193908139060")
MILO = PersonId("201710032390")

FJALL = Provider("SE2321000016-R001", "Region Fjäll", CareKind.HEALTH_CARE)
VARD = Provider("SE2120000019-V001", "Fjällviks kommun, Vård", CareKind.HEALTH_CARE)
OMSORG = Provider("SE2120000019-O001", "Fjällviks kommun, Omsorg", CareKind.SOCIAL_CARE)
NORD_VARD = Provider("SE2120000027-V001", "Nordlidens kommun, Vård", CareKind.HEALTH_CARE)
NORD_OMSORG = Provider("SE2120000027-O001", "Nordlidens kommun, Omsorg", CareKind.SOCIAL_CARE)

AKUTEN = Unit("SE2321000016-R0AK", "Akuten", FJALL)
MEDICIN = Unit("SE2321000016-R0ME", "Medicin", FJALL)
PSYKIATRI = Unit("SE2321000016-R0PS", "Psykiatri", FJALL)
HEMSJUKVARD = Unit("SE2120000019-V0HS", "Hemsjukvården", VARD)
NATTPATRULL = Unit("SE2120000019-V0NP", "Nattpatrullen", VARD)
HEMTJANST = Unit("SE2120000019-O0HT", "Hemtjänsten", OMSORG)
BISTAND = Unit("SE2120000019-O0BI", "Biståndsenheten", OMSORG)

_numbers = count(1)


def reader(
    unit: Unit = AKUTEN,
    purpose: Purpose = Purpose.CARE,
    hsa_id: str = "SE2321000016-P001",
    assignment: str = "1",
) -> Actor:
    return Actor(1, hsa_id, "Alva Ek", "Läkare", assignment, unit, purpose)


NURSE = reader(AKUTEN)
CARER = reader(HEMTJANST)

# Where information may lie, as each of the two sorts of reader sees it.
OWN_UNIT = Reach(Distance.OWN_UNIT, CareKind.HEALTH_CARE, FJALL.hsa_id, AKUTEN.hsa_id)
OWN_MEDICIN = Reach(Distance.OWN_PROVIDER, CareKind.HEALTH_CARE, FJALL.hsa_id, MEDICIN.hsa_id)
OWN_PSYKIATRI = Reach(Distance.OWN_PROVIDER, CareKind.HEALTH_CARE, FJALL.hsa_id, PSYKIATRI.hsa_id)
OWN_UNLISTED = Reach(Distance.OWN_PROVIDER, CareKind.HEALTH_CARE, FJALL.hsa_id, ANY)
OWN_HEMTJANST = Reach(Distance.OWN_UNIT, CareKind.SOCIAL_CARE, OMSORG.hsa_id, HEMTJANST.hsa_id)
OWN_BISTAND = Reach(Distance.OWN_PROVIDER, CareKind.SOCIAL_CARE, OMSORG.hsa_id, BISTAND.hsa_id)


def other(provider: Provider) -> Reach:
    return Reach(Distance.OTHER_PROVIDER, provider.kind, provider.hsa_id)


def unknown_owner(kind: CareKind) -> Reach:
    return Reach(Distance.OTHER_PROVIDER, kind)


GROWN_UP = Person(
    GUNHILD, is_known=True, born=date(1939, 8, 13), protection=Protection.NONE, given_name="Gunhild"
)
CHILD = Person(MILO, is_known=True, born=date(2017, 10, 3), protection=Protection.NONE, given_name="Milo")
DEAD = replace(GROWN_UP, died=date(2026, 11, 12))


def facts(**known: Any) -> Facts:
    """A living grown-up with a relation, insatser and no blocks; nothing recorded but what is given."""
    settled: dict[str, Any] = {
        "person": GROWN_UP,
        "has_relation": True,
        "has_social_need": True,
        "blocks": (),
    }
    return Facts(**{**settled, **known})


def _id(word: str) -> str:
    return f"{word}-{next(_numbers)}"


def consent(
    *units: Unit, given: datetime = NOW - DAY, ends: datetime | None = None, **more: Any
) -> ConsentFact:
    ids = frozenset(u.hsa_id for u in units or (AKUTEN, HEMTJANST))
    more.setdefault("starts_at", given)
    return ConsentFact(_id("consent"), ids, given, ends_at=ends, **more)


def refusal(unit: Unit = AKUTEN, given: datetime = NOW - HOUR, **more: Any) -> RefusalFact:
    return RefusalFact(_id("refusal"), unit.hsa_id, given, **more)


def emergency(
    reader: Actor = NURSE,
    declared: datetime = NOW - HOUR / 2,
    obstacle: Obstacle = Obstacle.UNCONSCIOUS,
    *,
    opened: bool = True,
    **more: Any,
) -> EmergencyFact:
    more.setdefault("ends_at", declared + DAY)
    more.setdefault("is_danger", True)
    return EmergencyFact(
        id=_id("emergency"),
        employee_id=reader.hsa_id,
        unit_id=reader.unit.hsa_id,
        declared_at=declared,
        obstacle=obstacle,
        is_indispensable=opened,
        **more,
    )


def inability(unit: Unit = AKUTEN, *, asserted: bool = True, without: str = "", **more: Any) -> InabilityFact:
    more.setdefault("recorded_at", NOW - DAY)
    more.setdefault("review_at", NOW + 180 * DAY)
    for said in ("is_needed", "is_attitude_clarified", "is_no_objection_known"):
        more[said] = asserted and said != without
    return InabilityFact(_id("inability"), unit.hsa_id, **more)


def choice(target: str = ANY, reader: Actor = NURSE, ends: datetime = NOW + DAY) -> ChoiceFact:
    return ChoiceFact(reader.hsa_id, reader.unit.hsa_id, target, ends)


def inner(unit: Unit = PSYKIATRI, **more: Any) -> Block:
    return Block(_id("block"), BlockKind.INNER, unit.provider.hsa_id, unit.hsa_id, **more)


def outer(provider: Provider, **more: Any) -> Block:
    return Block(_id("block"), BlockKind.OUTER, provider.hsa_id, **more)


def lift(block: Block, reader: Actor = NURSE, ends: datetime = NOW + HOUR, **more: Any) -> LiftFact:
    return LiftFact(_id("lift"), block.id, reader.unit.hsa_id, ends, **more)


def request_to(provider: Provider, reader: Actor = NURSE, **more: Any) -> LiftRequestFact:
    return LiftRequestFact(_id("request"), reader.hsa_id, reader.unit.hsa_id, provider.hsa_id, NOW, **more)


def sip_consent(reader: Actor = NURSE, **more: Any) -> SipConsentFact:
    return SipConsentFact(_id("sip"), reader.provider.hsa_id, NOW - DAY, **more)


def origin(
    unit: Unit = PSYKIATRI,
    information_type: InformationType = InformationType.CARE_CONTACT,
    at: datetime | None = NOW - 10 * DAY,
    **more: Any,
) -> Origin:
    return Origin(unit.provider, unit.hsa_id, unit.name, information_type, at, **more)


UNIT_OF = {
    FJALL: MEDICIN,
    VARD: HEMSJUKVARD,
    OMSORG: HEMTJANST,
    NORD_VARD: Unit("SE2120000027-V0HS", "Hemsjukvården Nordliden", NORD_VARD),
    NORD_OMSORG: Unit("SE2120000027-O0ON", "Omsorgen Nordliden", NORD_OMSORG),
}
