"""Permits for tests of what comes after the decision. The one place outside ``consent`` that makes them."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from consent.terms import ANY, Actor, Basis, Decision, Permit, PersonId, Provider, Reach, Unit
from consent.vocabulary import EVERY_KIND, CareKind, Distance, Row

FJALL = Provider("SE2321000016-R001", "Region Fjäll", CareKind.HEALTH_CARE)
VARD = Provider("SE2120000019-V001", "Fjällviks kommun, Vård", CareKind.HEALTH_CARE)
OMSORG = Provider("SE2120000019-O001", "Fjällviks kommun, Omsorg", CareKind.SOCIAL_CARE)
AKUTEN = Unit("SE2321000016-R0AK", "Akuten", FJALL)
TOLVAN = PersonId("191212121212")


# What a permit is made with; what it remembers having looked up is its own.
TOLD = [told.name for told in fields(Permit) if told.init]


def actor_at(unit: Unit = AKUTEN) -> Actor:
    return Actor(1, "SE2321000016-P001", "Alva Akut", "Läkare", "1", unit)


def everything_open(actor: Actor) -> dict[Reach, Decision]:
    """Own units chosen and consent given everywhere."""
    own = actor.provider
    return {
        Reach(Distance.OWN_UNIT, own.kind, own.hsa_id, actor.unit.hsa_id): Basis(Row.OWN_UNIT),
        Reach(Distance.OWN_PROVIDER, own.kind, own.hsa_id, ANY): Basis(Row.OWN_PROVIDER),
        Reach(Distance.OTHER_PROVIDER, CareKind.HEALTH_CARE): Basis(Row.CONSENT),
        Reach(Distance.OTHER_PROVIDER, CareKind.SOCIAL_CARE): Basis(Row.CONSENT),
    }


def permit_for(
    patient: PersonId = TOLVAN,
    actor: Actor | None = None,
    decisions: Mapping[Reach, Decision] | None = None,
    aliases: tuple[PersonId, ...] = (),
) -> Permit:
    reader = actor or actor_at()
    return Permit(
        actor=reader,
        patient=patient,
        aliases=aliases,
        view_id=uuid4(),
        dossier_id=uuid4(),
        dossier_version=1,
        expires_at=datetime.now(UTC) + timedelta(minutes=5),
        kinds=EVERY_KIND,
        decisions=everything_open(reader) if decisions is None else decisions,
    )


def altered(permit: Permit, **changes: Any) -> Permit:
    """The same permit but for some fields, as nobody outside ``consent`` may make it; to be refused."""
    return Permit(**{**{name: getattr(permit, name) for name in TOLD}, **changes})
