"""The consents of one patient at the user's own provider: read, given with all their terms, taken back."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, QueryDict
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter

from consent import consenting
from consent.accesslog.events import Action
from consent.acts import Act
from consent.database import on_database_thread
from consent.vocabulary import ConsentForm, RaisedAt
from portal.access.acting import record
from portal.access.consents import forms
from portal.access.consents.options import Options, options_for
from portal.access.consents.reasons import ANNUL, END, OTHER, read_reason
from portal.access.consents.rows import present_rows
from portal.access.consents.showing import may_be_seen, note_shown, read_entries
from portal.api.act_shapes import ConsentsShape, DoneShape
from portal.api.acting import Acting, found_acting
from portal.api.describing import describe
from portal.api.presenters import consent_json
from portal.api.refusing import Code, Flaw, Refused
from portal.api.scopes import Scope
from portal.api.sent import Day, Strict, Text, Texts, Word, YesNo
from portal.api.views import ApiView, read_body
from portal.patients.opening import Opened

CONSENT = OpenApiParameter("consent_id", OpenApiTypes.UUID, OpenApiParameter.PATH)
WAY = OpenApiParameter("way", OpenApiTypes.STR, OpenApiParameter.PATH, enum=["end", "annul"])
WAYS = {
    "end": (consenting.end_consent, Act.END_CONSENT),
    "annul": (consenting.annul_consent, Act.ANNUL_CONSENT),
}


class TermsShape(Strict):
    who = Word(choices=["unit", "me", "units", "group"])
    units = Texts(longest=64, most=200, required=False, help_text="HSA-id, med who: units")
    group = Text(max_length=20, required=False, help_text="gruppens id, med who: group")
    starts = Day(required=False, allow_null=True, help_text="första dagen; null eller utan: i dag")
    until = Day(allow_null=True, help_text="sista dagen; null: tills vidare")
    raised_at = Word(choices=[r.value for r in RaisedAt], required=False)
    form = Word(choices=[f.value for f in ConsentForm])
    through_interpreter = YesNo(required=False)
    information = Text(max_length=20, help_text="id för den information som gavs, eller none")


class ReasonShape(Strict):
    why = Word(choices=sorted({key for key, _words in (*END, *ANNUL)} | {OTHER}))
    text = Text(max_length=300, required=False, allow_blank=True)


def as_form(said: Mapping[str, Any]) -> forms.Form:
    """What was sent as the page's form has it, so that one reading judges both."""
    starts, until = said.get("starts"), said.get("until")
    who = f"{forms.GROUP}{said.get('group', '')}" if said["who"] == "group" else said["who"]
    return forms.Form(
        who=who,
        units=tuple(said.get("units", ())),
        begin="later" if starts else "today",
        starts=starts.isoformat() if starts else "",
        period="day" if until else "open",
        until=until.isoformat() if until else "",
        raised_at=said.get("raised_at", ""),
        form=said["form"],
        interpreter=said.get("through_interpreter", False),
        information=said["information"],
    )


class ConsentsView(ApiView):
    needs = Scope.READ

    @describe("read_consents", "Samtycken som är registrerade", ConsentsShape, tags=["Samtycke"])
    async def get(self, request: HttpRequest, handle: str) -> Any:
        """Those of the own unit; of the whole provider for who administers them. Reading them is logged."""
        opened = await found_acting(request, self.needs, lambda acting: acting.open(handle))
        ruling = await opened.ask(Action.ACCESS)
        if not may_be_seen(ruling):
            raise Refused(Code.NOTHING_PERMITTED)
        entries, names, _options = await on_database_thread(read_entries, opened, ruling)
        if not await note_shown(ruling, opened.trace, len(entries)):
            raise Refused(Code.ACCESS_CHANGED)
        return {
            "consents": [consent_json(row) for row in present_rows(entries, ruling, names)],
            "allowed": sorted(act.value for act in ruling.acts),
        }

    @describe("give_consent", "Patienten samtycker", DoneShape, TermsShape, tags=["Samtycke"])
    async def post(self, request: HttpRequest, handle: str) -> Any:
        def find(acting: Acting) -> tuple[Acting, Opened, forms.Form, Options]:
            opened = acting.open(handle)
            return acting, opened, as_form(read_body(request, TermsShape)), options_for(acting.actor)

        acting, opened, form, options = await found_acting(request, Scope.RECORD, find)
        terms = forms.read_terms(form, options)
        if terms is None:
            flaws = (Flaw(name, "invalid", words) for name, words in form.errors.items())
            raise Refused(Code.INVALID, flaws=tuple(flaws))
        await record(opened, consenting.give_consent, acting.proved_at, **terms)
        return {"recorded": Act.GIVE_CONSENT.value}


class StopConsentView(ApiView):
    needs = Scope.RECORD

    @describe(
        "stop_consent",
        "Ta tillbaka (end) eller makulera (annul) ett samtycke",
        DoneShape,
        ReasonShape,
        parameters=[CONSENT, WAY],
        tags=["Samtycke"],
    )
    async def post(self, request: HttpRequest, handle: str, consent_id: UUID, way: str) -> Any:
        """Ended: the patient takes it back. Annulled: it never was. Both final, both kept with a reason."""

        def find(acting: Acting) -> tuple[Acting, Opened, dict[str, Any]]:
            if way not in WAYS:
                raise Refused(Code.NOT_FOUND)
            return acting, acting.open(handle), read_body(request, ReasonShape)

        acting, opened, said = await found_acting(request, self.needs, find)
        given = QueryDict(mutable=True)
        given.update({"why": said["why"], "text": said.get("text", "")})
        reason, judged = read_reason(given, way)
        if not reason:
            raise Refused(Code.INVALID, flaws=(Flaw("why", "invalid", judged.error),))
        deed, act = WAYS[way]
        details = {"reason": reason, "consent_id": str(consent_id)}
        await record(opened, deed, acting.proved_at, **details)
        return {"recorded": act.value}
