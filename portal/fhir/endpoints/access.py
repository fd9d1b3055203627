"""What is recorded of access itself: consents for whoever may see them, the log for whoever reviews it."""

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest

from connectors.facts import person_source
from connectors.fhir.elements import Resource
from connectors.sources import configured_sources
from consent.accesslog.events import Action
from consent.database import on_database_thread
from consent.extracting import NotForYou, hand_out
from consent.gate import RemoteFacts, find_person
from consent.register import entries_of
from portal.access.consents.showing import may_be_seen, note_shown
from portal.access.review.lines import provider_names
from portal.accounts.proofs import FINISH_WITHIN_S, NeedsProof, is_late
from portal.api.acting import Acting, found_acting
from portal.api.refusing import Code, Refused
from portal.api.scopes import Scope
from portal.dates import today
from portal.fhir.auditing import tell_row
from portal.fhir.consents import tell_consent
from portal.fhir.endpoints.records import PATIENT, patient_in, read_question
from portal.fhir.issues import issue, outcome_of
from portal.fhir.refusing import FhirRefused
from portal.fhir.views import FhirView, base_url, open_by_id, read_form
from portal.overview.visit import visit_by
from portal.patients.opening import Opened

# As far back as patients may look by EHDS art. 9, where nothing else is asked for.
KNOWN = frozenset({*PATIENT, "_format"})
USUAL_DAYS = 3 * 365


def collect(resources: list[Resource], base: str, mode: str = "match") -> list[Resource]:
    return [
        {"fullUrl": f"{base}/{r['resourceType']}/{r['id']}", "resource": r, "search": {"mode": mode}}
        for r in resources
    ]


def bundle(entries: list[Resource]) -> Resource:
    found: Resource = {"resourceType": "Bundle", "type": "searchset"}
    return {**found, "entry": entries} if entries else found


class ConsentView(FhirView):
    """Those of the reader's own unit, history included; seeing them is a view in the log."""

    async def get(self, request: HttpRequest) -> Resource:
        def find(acting: Acting) -> Opened:
            return open_by_id(acting, patient_in(read_question(read_form(request), KNOWN)))

        opened = await found_acting(request, self.needs, find)
        ruling = (await visit_by(opened, Action.ACCESS)).ruling
        if not may_be_seen(ruling):
            raise Refused(Code.NOTHING_PERMITTED)
        entries = await on_database_thread(entries_of, opened.actor, ruling.person.id)
        if not await note_shown(ruling, opened.trace, len(entries)):
            raise Refused(Code.ACCESS_CHANGED)
        told = [tell_consent(entry, opened.actor, opened.handle) for entry in entries]
        return bundle(collect(told, base_url(request)))

    post = get


class AuditEventView(FhirView):
    """The patient's extract of the log: to reviewers, with a fresh proof, each time logged."""

    needs = Scope.LOG

    async def get(self, request: HttpRequest) -> Resource:
        def find(acting: Acting) -> tuple[Opened, Any, tuple[date, date]]:
            demand_late(acting)
            pairs = read_form(request)
            days = read_days([value for name, value in pairs if name == "date"])
            others = [pair for pair in pairs if pair[0] != "date"]
            opened = open_by_id(acting, patient_in(read_question(others, KNOWN)))
            return opened, person_source(configured_sources()), days

        found, source, (since, until) = await found_acting(request, self.needs, find)
        known = await find_person(RemoteFacts(person=source), found.patient)
        try:
            _numbers, extract = await on_database_thread(
                hand_out, found.actor, found.trace, found.patient, known, since, until
            )
        except NotForYou:
            # As the page: for everybody else there is no such thing.
            raise Refused(Code.NOT_FOUND) from None
        providers = await on_database_thread(provider_names)
        base = base_url(request)
        entries = collect([tell_row(row, providers, found.handle, base) for row in extract.rows], base)
        for name, months in (("lost", extract.lost_months), ("archived", extract.archived_months)):
            if months:
                lacking = issue("warning", "incomplete", f"months_{name}", ", ".join(months))
                entries += collect([outcome_of([lacking], name)], base, "outcome")
        return bundle(entries)

    post = get


def read_days(said: list[str]) -> tuple[date, date]:
    """``date=geYYYY-MM-DD`` and ``date=leYYYY-MM-DD``: Swedish days, both included. Raises FhirRefused."""
    found = {"ge": today() - timedelta(days=USUAL_DAYS), "le": today()}
    try:
        for each in said:
            found[each[:2]] = date.fromisoformat(each[2:])
    except ValueError:
        raise FhirRefused("unknown_parameter", "date") from None
    is_twice = len({each[:2] for each in said}) != len(said)
    if set(found) != {"ge", "le"} or is_twice or found["ge"] > found["le"]:
        raise FhirRefused("unknown_parameter", "date")
    return found["ge"], min(found["le"], today())


def demand_late(acting: Acting) -> None:
    """Raises NeedsProof: the log wants somebody who proved who she is a moment ago."""
    if not is_late(acting.proved_at, FINISH_WITHIN_S):
        raise NeedsProof
