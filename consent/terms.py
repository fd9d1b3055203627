"""The vocabulary of access: frozen values that travel between the floors. No Django here.

Sources: PDL (2008:355), SVOD (2022:913). The words are those of docs/glossary.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NoReturn
from uuid import UUID
from zoneinfo import ZoneInfo

from consent.vocabulary import (
    EVERY_KIND,
    BlockKind,
    CareKind,
    Distance,
    IdType,
    InformationType,
    Kind,
    Purpose,
    Reason,
    Right,
    Row,
)

SWEDISH_TIME = ZoneInfo("Europe/Stockholm")


@dataclass(frozen=True, slots=True)
class PersonId:
    """A person's number: 12 characters without separator, and what sort of number it is.

    ``repr`` and ``str`` never show the number, so that no log line or error page can.
    """

    number: str
    type: IdType = IdType.PERSONNUMMER

    def __repr__(self) -> str:
        return f"PersonId(…, {self.type.value})"

    __str__ = __repr__


@dataclass(frozen=True, slots=True)
class Provider:
    """An information owner: a vårdgivare or an omsorgsgivare (each nämnd is its own, PDL 2:6, SVOD 4:1)."""

    hsa_id: str
    name: str
    kind: CareKind
    on_call_phone: str = field(default="", compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Unit:
    hsa_id: str
    name: str
    provider: Provider


@dataclass(frozen=True, slots=True)
class Actor:
    """Who reads, under which assignment. Switching assignment makes another actor."""

    user_id: int
    hsa_id: str
    name: str
    title: str
    assignment_id: str
    unit: Unit
    purpose: Purpose = Purpose.CARE
    rights: frozenset[Right] = frozenset()

    @property
    def kind(self) -> CareKind:
        return self.unit.provider.kind

    @property
    def provider(self) -> Provider:
        return self.unit.provider


@dataclass(frozen=True, slots=True)
class Origin:
    """Whose information a record is, and when it was documented (``None``: the source did not say)."""

    provider: Provider
    unit_id: str
    unit_name: str
    information_type: InformationType
    documented_at: datetime | None = None
    documented_until: datetime | None = None
    unit_is_assumed: bool = False

    @property
    def names_unit(self) -> bool:
        """Whether the source itself said which unit; an assumed one may be wrong."""
        return bool(self.unit_id) and not self.unit_is_assumed

    def documented_days(self) -> tuple[date | None, date | None]:
        """First and last day of documentation, as days in Sweden; blocks are dated in days."""
        first = self.documented_at and self.documented_at.astimezone(SWEDISH_TIME).date()
        last = self.documented_until and self.documented_until.astimezone(SWEDISH_TIME).date()
        return first or None, last or first or None


def sorted_days(days: tuple[date | None, date | None]) -> tuple[date | None, date | None]:
    """In order: what starts later than it was written (a planned service) still spans both days."""
    first, last = days
    return (last, first) if first is not None and last is not None and last < first else days


ANY = "*"


@dataclass(frozen=True, slots=True)
class Reach:
    """How far away information lies from the actor; what one decision is about.

    ``provider_id`` is ``ANY`` for owners that an aggregating source may turn out to answer for.
    ``unit_id`` is only set within the own provider; ``ANY`` there means a unit nobody has listed.
    """

    distance: Distance
    kind: CareKind
    provider_id: str = ANY
    unit_id: str = ANY


@dataclass(frozen=True, slots=True)
class Block:
    """A spärr: who blocked what, between which days, leaving out which information types.

    No unit: the whole provider. No days: everything. Source: blocking contract 4.0; PDL 4:4, SVOD 2:3.
    """

    id: str
    kind: BlockKind
    provider_id: str
    unit_id: str = ""
    first_day: date | None = None
    last_day: date | None = None
    excluded_types: frozenset[str] = frozenset()

    def hides(self, origin: Origin) -> bool:
        """Whether the block covers this record. No unit, no date, or any overlap in days: covered."""
        if origin.provider.hsa_id != self.provider_id or origin.information_type in self.excluded_types:
            return False
        if self.unit_id and origin.names_unit and origin.unit_id != self.unit_id:
            return False
        first, last = sorted_days(origin.documented_days())
        if first is None or last is None:
            return True
        too_early = self.first_day is not None and last < self.first_day
        too_late = self.last_day is not None and first > self.last_day
        return not (too_early or too_late)


@dataclass(frozen=True, slots=True)
class Basis:
    """What gives the right to see a reach: the row, the recorded act it rests on, and its limits.

    ``hides_silently``: the reader must not learn that ``blocks`` hide anything (rows 12 and 16).
    """

    row: Row
    kinds: frozenset[Kind] = EVERY_KIND
    blocks: tuple[Block, ...] = ()
    reference: str = ""
    expires_at: datetime | None = None
    hides_silently: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    row: Row
    reason: Reason


Decision = Basis | Refusal


@dataclass(frozen=True, slots=True, eq=False)
class Permit:
    """The right to look at one patient, now, in one view. Made by ``consent.gate``; about nobody, marked as a
    specimen, to try connectors with, by ``consent.specimen``. ``covers`` asks again for every record.
    ``is_protected``: row 17, what would tell where she is stays hidden; units' telephones until asked for.
    """

    actor: Actor
    patient: PersonId
    aliases: tuple[PersonId, ...]
    view_id: UUID
    dossier_id: UUID
    dossier_version: int
    expires_at: datetime
    kinds: frozenset[Kind]
    decisions: Mapping[Reach, Decision] = field(repr=False)
    is_protected: bool = False
    hides_phones: bool = True
    is_specimen: bool = False
    _found: dict[tuple[str, str, str], Decision] = field(default_factory=dict, init=False, repr=False)

    def decision_on(self, provider: Provider, unit_id: str) -> Decision:
        """The decision for one owner and unit; what nobody decided on is refused. Looked up once for all of
        the hundreds of records that an answer may hold of one unit."""
        place = (provider.hsa_id, provider.kind, unit_id)
        return self._found.get(place) or self._found.setdefault(place, self._find(provider, unit_id))

    def _find(self, provider: Provider, unit_id: str) -> Decision:
        if provider.hsa_id == self.actor.provider.hsa_id:
            distance = Distance.OWN_UNIT if unit_id == self.actor.unit.hsa_id else Distance.OWN_PROVIDER
            keys = [Reach(distance, provider.kind, provider.hsa_id, u) for u in (unit_id, ANY)]
        else:
            # What is known of an owner goes before what a source calls it: a social care provider that an
            # aggregating source takes for a vårdgivare is still not opened by an emergency.
            keys = [Reach(Distance.OTHER_PROVIDER, kind, provider.hsa_id) for kind in CareKind]
            keys.append(Reach(Distance.OTHER_PROVIDER, provider.kind))
        found = (self.decisions[key] for key in keys if key in self.decisions)
        return next(found, Refusal(Row.NOTHING, Reason.NO_CONSENT))

    def decision_for(self, origin: Origin) -> Decision:
        """The decision for one record. A unit that the source did not name is never the reader's own."""
        return self.decision_on(origin.provider, origin.unit_id if origin.names_unit else ANY)

    def refusal_of(self, origin: Origin, kind: Kind) -> Reason | None:
        """Why this record may not be shown, or ``None`` where it may."""
        decision = self.decision_for(origin)
        if isinstance(decision, Refusal):
            return decision.reason
        if kind not in decision.kinds or kind not in self.kinds:
            return Reason.KIND_NOT_FOR_READER
        if any(block.hides(origin) for block in decision.blocks):
            health = self.actor.kind is origin.provider.kind is CareKind.HEALTH_CARE
            return Reason.BLOCKED if health and not decision.hides_silently else Reason.SILENT_BLOCK
        return None

    def covers(self, origin: Origin, kind: Kind) -> bool:
        return self.refusal_of(origin, kind) is None

    def decisions_about(self, provider: Provider) -> tuple[Decision, ...]:
        """Every decision that may bear on what one owner holds; own provider: its units one by one."""
        if provider.hsa_id != self.actor.provider.hsa_id:
            return (self.decision_on(provider, ""),)
        return tuple(d for reach, d in self.decisions.items() if reach.provider_id == provider.hsa_id)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Permit is never copied or pickled")
