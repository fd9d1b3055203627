"""Loggutdrag: a patient's own extract of the access log, for reviewers with a proof of late."""

from dataclasses import asdict
from typing import Any

from django.http import HttpRequest

from connectors.facts import person_source
from connectors.sources import configured_sources
from consent.accesslog.extract import Extract
from consent.database import on_database_thread
from consent.extracting import NotForYou, check_reviewer, hand_out
from consent.gate import RemoteFacts, find_person
from consent.identity import read_number
from consent.person import Person
from consent.terms import PersonId
from portal.access.extract.presenters import ExtractLine, extract_lines, whom
from portal.access.extract.views import Period, period_between
from portal.access.review.lines import provider_names
from portal.accounts.proofs import FINISH_WITHIN_S, NeedsProof, is_late
from portal.api.act_shapes import ExtractShape
from portal.api.acting import Acting, found_acting
from portal.api.describing import describe
from portal.api.refusing import Code, Flaw, Refused
from portal.api.scopes import Scope
from portal.api.sent import Day, Strict, Text
from portal.api.views import ApiView, read_body
from portal.dates import today


class PeriodShape(Strict):
    number = Text(max_length=64, help_text="Tolv siffror, eller ett reservnummer.")
    since = Day(help_text="Första dagen.")
    until = Day(help_text="Sista dagen.")


class ExtractView(ApiView):
    needs = Scope.LOG

    @describe(
        "extract_log", "Loggutdrag", ExtractShape, PeriodShape, about=False, missing=True, tags=["Logg"]
    )
    async def post(self, request: HttpRequest) -> Any:
        """Of the user's own provider's log. Itself logged, with the patient."""

        def find(acting: Acting) -> tuple[Acting, PersonId, Period, RemoteFacts]:
            if not is_late(acting.proved_at, FINISH_WITHIN_S):
                raise NeedsProof
            check_reviewer(acting.actor)
            said = read_body(request, PeriodShape)
            person = read_number(said["number"], today())
            period = period_between(said["since"], said["until"])
            if period is None:
                raise Refused(Code.INVALID, flaws=(Flaw.of("until", "before_since"),))
            return acting, person, period, RemoteFacts(person=person_source(configured_sources()))

        try:
            acting, person, period, remote = await found_acting(request, self.needs, find)
            known = await find_person(remote, person)
            return await on_database_thread(_extract, acting, person, known, period)
        except NotForYou:
            # As the page: for everybody else there is no such thing.
            raise Refused(Code.NOT_FOUND) from None


def _extract(acting: Acting, person: PersonId, known: Person, period: Period) -> dict[str, Any]:
    found: Extract
    numbers, found = hand_out(acting.actor, acting.trace, person, known, period.since, period.until)
    about = whom(person, numbers, known)
    return {
        "number": about.number,
        "other_numbers": list(about.other_numbers),
        "name": about.name,
        "warnings": list(about.warnings),
        "since": period.since.isoformat(),
        "until": period.until.isoformat(),
        "lost_months": list(found.lost_months),
        "archived_months": list(found.archived_months),
        "lines": [line_json(line) for line in extract_lines(found.rows, provider_names())],
    }


def line_json(line: ExtractLine) -> dict[str, Any]:
    return {**asdict(line), "why": list(line.why)}
