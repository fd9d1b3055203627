"""Rapportera fel uppgift: from one record of a list to its owner, by a note that holds no content."""

from uuid import UUID

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from connectors.base.records import Record
from consent.accesslog.events import Action
from consent.database import on_database_thread
from consent.reporting import Doubted, NotReportable, report_error
from consent.terms import Permit, Provider
from consent.vocabulary import CareKind, Kind
from portal.accounts.doors import opens_patient
from portal.overview.framing import page_context
from portal.overview.presenters.details import NOT_DIALLED
from portal.overview.visit import open_visit

SALT = "overview.report"
LASTS_S = 3600


def seal_report(permit: Permit, record: Record) -> str:
    """A signed note of where a shown record came from, for this reader and this patient alone."""
    origin = record.origin
    provider = (origin.provider.hsa_id, origin.provider.name, origin.provider.kind.value)
    unit = origin.unit_id if origin.names_unit else ""
    said = (record.source, record.id, record.kind.value, provider, unit, str(permit.view_id))
    return signing.dumps([permit.actor.user_id, str(permit.dossier_id), *said], salt=SALT)


def open_report(permit: Permit, note: str) -> Doubted:
    """Raises Http404 for a note of another reader, another patient, too old, or none at all."""
    try:
        user, dossier, *said = signing.loads(note, salt=SALT, max_age=LASTS_S)
        source, record_id, kind, (hsa_id, name, care), unit, view = said
    except (signing.BadSignature, ValueError):
        raise Http404 from None
    if (user, dossier) != (permit.actor.user_id, str(permit.dossier_id)):
        raise Http404
    return Doubted(source, record_id, Kind(kind), Provider(hsa_id, name, CareKind(care)), unit, UUID(view))


@require_POST
@opens_patient
async def report(request: HttpRequest, handle: str) -> HttpResponse:
    """Log it, and say whom to tell, with which reference. No source is asked."""
    visit = await open_visit(request, handle, Action.ACCESS)
    permit = visit.ruling.permit
    if permit is None:
        raise Http404
    doubted = open_report(permit, request.POST.get("note", ""))
    try:
        reference = await on_database_thread(report_error, permit, doubted, visit.opened.trace)
    except NotReportable:
        return render(request, "overview/changed.html", {"handle": handle}, status=409)
    source = next((s for s in visit.opened.sources if s.slug == doubted.source), None)
    contact = source.error_contact if source else None
    context = {
        **page_context(visit),
        "reference": reference,
        "source": source.label if source else doubted.source,
        "owner": doubted.provider.name,
        "record_id": doubted.record_id,
        "kind": doubted.kind.value,
        "contact": contact,
        "dial": NOT_DIALLED.sub("", contact.phone) if contact else "",
        "is_contactable": bool(contact and (contact.phone or contact.email or contact.routine)),
        "phone": source.phone if source else "",
    }
    return render(request, "overview/report.html", context)
