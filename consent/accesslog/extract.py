"""The patient's extract: who has read, when and at which unit (PDL 8:5, SVOD 4:5; EHDS art. 9).

Whoever holds information answers for access to it. So one provider's extract covers two things: everything
that its own staff did with the patient's data, whosever they are, searches and denials included; and every
view in which staff of others were shown its information, of which it tells that part and no more. What others
have shown each other is theirs to tell.

Staff are told of by unit and provider. An ExtractRow has neither name nor HSA-id, nor what anybody wrote.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from consent.accesslog.model import AccessEvent
from consent.accesslog.viewing import Result, Viewing, gather, month_keys
from consent.terms import PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractRow:
    """One view, or one act. ``asked_kinds``: what a view was opened for. ``kinds``, ``owners`` (providers, by
    HSA-id) and ``grounds`` (rows of the decision table): what was shown, whose, and why it was let through.
    ``refusals``: why a view was turned away."""

    at: datetime
    event: str
    action: str
    unit_name: str
    provider_id: str
    result: Result
    is_own_staff: bool
    is_emergency: bool
    asked_kinds: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    grounds: tuple[str, ...] = ()
    refusals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Extract:
    """Newest first. ``lost_months`` (YYYY-MM): could not be searched; never the same as nothing found. Nor
    are ``archived_months``: their rows are kept elsewhere."""

    rows: tuple[ExtractRow, ...]
    lost_months: tuple[str, ...] = ()
    archived_months: tuple[str, ...] = ()


def extract(people: Iterable[PersonId], provider_id: str, since: datetime, until: datetime) -> Extract:
    """What one provider owes one person: ``people`` are all her numbers; from ``since`` up to ``until``.

    Blocking. Finds by each month's own hash of each number, through the index on patient and time.
    """
    months = month_keys(people, since, until)
    rows = AccessEvent.objects.filter(patient_key__in=list(months.keys), at__gte=since, at__lt=until)
    told = (as_told(view, provider_id) for view in gather(rows.iterator()))
    return Extract(tuple(row for row in told if row is not None), months.lost, months.archived)


def as_told(view: Viewing, provider_id: str) -> ExtractRow | None:
    """One line of this provider's extract, or None where the view is others' to tell."""
    first = view.first
    is_own_staff = first.provider_id == provider_id
    origins = [o for o in view.origins if is_own_staff or o[0] == provider_id]
    if not is_own_staff and not origins:
        return None
    bases = [row for owner, row in view.bases if is_own_staff or owner == provider_id]
    return ExtractRow(
        at=view.at,
        event=first.event,
        action=first.action,
        unit_name=first.unit_name,
        provider_id=first.provider_id,
        result=view.result,
        is_own_staff=is_own_staff,
        is_emergency=view.is_emergency,
        asked_kinds=tuple(first.kinds),
        kinds=tuple(sorted({kind for _, _, kind, _ in origins})),
        owners=tuple(sorted({owner for owner, _, _, _ in origins})),
        grounds=tuple(dict.fromkeys(bases)),
        refusals=tuple(first.detail.get("refusals", ())) if view.result is Result.DENIED else (),
    )
