"""What is left before a source is in use, step by step, in the words of its page in the admin."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from connectors.approvals import is_approved, keeps_off, waiting_for
from connectors.base.contract import Fact
from connectors.base.registry import connector_classes
from connectors.models import Source
from connectors.openfeed.terms import UnsoundTerms, receives, terms_of


@dataclass(frozen=True, slots=True)
class Step:
    """``address``: of the page where it is done, where there is one."""

    words: str
    is_done: bool
    address: str = ""


def steps_of(source: Source) -> tuple[Step, ...]:
    """Every step, done or not, in the order in which they are taken."""
    return tuple(_steps(source))


def _steps(source: Source) -> Iterator[Step]:
    flaws = keeps_off(source)
    yield Step(_("Inställningarna är hela.") if not flaws else " ".join(map(str, flaws)), not flaws)
    waiting = waiting_for(source)
    if waiting is not None:
        page = reverse("admin:connectors_pendingchange_change", args=[waiting.pk])
        said = _("En annan administratör än %(who)s godkänner.") % {"who": waiting.asked_by}
        yield Step(said, is_done=False, address=page)
    else:
        is_done = is_approved(source)
        yield Step(_("Godkänd.") if is_done else _("Avslagen. Spara om den för att ansöka igen."), is_done)
    if not source.enabled and waiting is not None and waiting.switches_on:
        yield Step(_("Slås på av sig själv när den godkänns."), is_done=False)
    else:
        yield Step(_("I drift.") if source.enabled else _("Slå på källan: I drift."), source.enabled)
    if source.connector == "openfeed" and receives(source.settings):
        yield from _steps_of_deliveries(source)
    if source.offered_kinds:
        yield from _steps_of_indexes(source)


def _steps_of_deliveries(source: Source) -> Iterator[Step]:
    keys = list(source.tokens.select_related("request"))
    add = f"{reverse('admin:openfeed_token_add')}?source={source.pk}"
    if any(key.is_in_force for key in keys):
        yield Step(_("Det finns en nyckel som gäller."), is_done=True)
    elif waiting := next((key for key in keys if key.is_waiting), None):
        page = reverse("admin:openfeed_token_change", args=[waiting.pk])
        yield Step(_("En nyckel väntar på godkännande."), is_done=False, address=page)
    else:
        yield Step(_("Gör en leveransnyckel."), is_done=False, address=add)
    reception = getattr(source, "reception", None)
    received = reception is not None and reception.received_at is not None
    yield Step(_("Leverantören har lämnat något.") if received else _("Leverantören lämnar något."), received)
    yield Step(*_completeness(source))


def _completeness(source: Source) -> tuple[str, bool]:
    at = source.reception.complete_at if hasattr(source, "reception") else None
    if at is None:
        return _("Leverantören säger att den har lämnat allt (complete). Till dess visas aldrig tomt."), False
    try:
        hours = terms_of(source.settings).fresh_hours
    except UnsoundTerms:
        return _("Tiderna är inte angivna."), False
    if timezone.now() - at > timedelta(hours=hours):
        return _("Den senaste fullständiga leveransen är för gammal. Leverantören lämnar allt igen."), False
    return _("Leverantören har lämnat allt, inom sin tid."), True


def _steps_of_indexes(source: Source) -> Iterator[Step]:
    """Each index that tells whether others hold anything: its "no" is believed of the sources it names."""
    classes = connector_classes()
    for index in Source.objects.filter(enabled=True, connector__in=classes):
        connector = classes[index.connector]
        if Fact.EXISTENCE not in connector.facts_of(index.settings):
            continue
        told = {"index": index.label}
        if source.slug in connector.answers_for(index.settings):
            yield Step(_("%(index)s omfattar källan.") % told, is_done=True)
        else:
            page = reverse("admin:connectors_source_change", args=[index.pk])
            words = _("%(index)s sägs inte omfatta källan: till dess blir dess nej ”går inte att se”.") % told
            yield Step(words, is_done=False, address=page)
