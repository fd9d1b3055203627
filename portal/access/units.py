"""Row 2, the first active choice: which other units of the own provider hold something? Names, no more.

The own provider's sources are asked, judged and logged as in any view; of what they hold nothing is kept but
the names of units that a choice would open. What did not answer is said, and every unit can still be chosen.
"""

from contextlib import aclosing
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from consent.accesslog.events import Action
from consent.choosing import UnitsToChoose, decide_as_if_chosen, units_among
from consent.database import on_database_thread
from consent.models import CareUnit
from consent.release import NotReleased, Shown, release
from consent.ruling import Ruling
from consent.terms import Actor, Permit
from portal.access.page import about, access_page
from portal.access.presenters import NOT_NOW
from portal.accounts.doors import opens_patient
from portal.aggregation.fanout import fan_out
from portal.aggregation.judging import is_incomplete
from portal.aggregation.outcomes import Answered, Outcome
from portal.patients.opening import Opened, open_patient


@dataclass(frozen=True, slots=True)
class UnitList:
    """HSA-id and name of each unit: ``holding`` has something to choose, of ``others`` it is not known or not
    told. ``failures``: a sentence for each source that did not tell everything."""

    holding: tuple[tuple[str, str], ...]
    others: tuple[tuple[str, str], ...]
    has_unnamed: bool
    failures: tuple[str, ...]


@require_GET
@opens_patient
async def units(request: HttpRequest, handle: str) -> HttpResponse:
    """The units there are to choose, with a tick for each; choosing is the next step."""
    opened = await open_patient(request, handle)
    ruling = await opened.ask_for_units()
    try:
        listed = await find_units(opened, ruling)
    except NotReleased:
        return await access_page(request, opened, ruling, str(NOT_NOW), 409)
    if listed is None:
        return await access_page(request, opened, ruling)
    return render(request, "access/units.html", {**about(opened, ruling), "list": listed})


async def find_units(opened: Opened, ruling: Ruling) -> UnitList | None:
    """Asked of the own provider's sources, released and logged. None: nothing may be asked.

    Raises NotReleased, LogUnavailable.
    """
    if ruling.permit is None:
        return None
    outcomes = await _ask_own(opened, ruling.permit)
    as_if_chosen = await on_database_thread(decide_as_if_chosen, await opened.recorder())
    answers = [outcome for outcome in outcomes if isinstance(outcome, Answered)]
    found = units_among((held for answer in answers for held in answer.unchosen), as_if_chosen)
    shown = Shown(
        outcomes={outcome.source.slug: outcome.word for outcome in outcomes},
        counts={"units": len(found.names)},
    )
    await release(ruling.permit, shown, Action.ACCESS, opened.trace)
    return await on_database_thread(_listed, opened.actor, found, outcomes)


async def _ask_own(opened: Opened, permit: Permit) -> list[Outcome]:
    outcomes: list[Outcome] = []
    async with aclosing(fan_out(permit, opened.own_sources)) as batches:
        async for batch in batches:
            outcomes += batch
    return outcomes


def _listed(actor: Actor, found: UnitsToChoose, outcomes: list[Outcome]) -> UnitList:
    rows = CareUnit.objects.filter(provider_id=actor.provider.hsa_id).exclude(pk=actor.unit.hsa_id)
    known = {**found.names, **dict(rows.order_by("name").values_list("pk", "name"))}
    return UnitList(
        holding=tuple((pk, name) for pk, name in known.items() if pk in found.names),
        others=tuple((pk, name) for pk, name in known.items() if pk not in found.names),
        has_unnamed=found.has_unnamed,
        failures=tuple(_failure(outcome) for outcome in outcomes if is_incomplete(outcome)),
    )


def _failure(outcome: Outcome) -> str:
    return _("%(source)s svarade inte fullständigt. Fler enheter kan ha uppgifter.") % {
        "source": outcome.source.label
    }
