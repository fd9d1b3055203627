"""What every address shares: who asks (as for the whole interface), the form of the answer, one patient."""

from collections.abc import Callable
from typing import Any, ClassVar
from urllib.parse import parse_qsl

from django.http import HttpRequest, HttpResponse
from django.utils import translation

from connectors.base.contract import SourceFault
from connectors.base.reading import read_json
from connectors.fhir.elements import Resource
from consent.accesslog.events import Action
from consent.terms import PersonId
from consent.vocabulary import EVERY_KIND, Kind
from portal.api.acting import HANDLE_WINDOW_S, Acting, bound_secret, found_acting
from portal.api.refusing import Code, Refused
from portal.api.scopes import Scope
from portal.api.views import MAX_BODY_BYTES, ApiView
from portal.feed.problems import language_of
from portal.fhir.ids import seal_id, unseal_id
from portal.fhir.negotiating import FORM_TYPE, RESOURCE_TYPES, is_acceptable, respond
from portal.fhir.refusing import FhirRefused, answer_outcome
from portal.overview.visit import Visit, visit_by
from portal.patients.handles import HandleExpired
from portal.patients.opening import Opened, open_for

ROOT = "/fhir"


class FhirView(ApiView):
    """Handlers are coroutines that give a resource."""

    needs: ClassVar[Scope] = Scope.FHIR

    async def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        with translation.override(language_of(request)):
            try:
                if not is_acceptable(request):
                    raise FhirRefused("not_acceptable")
                return respond(await self._handler(request)(request, *args, **kwargs))
            except Exception as error:  # noqa: BLE001 (told as an outcome, and logged where it is ours)
                return answer_outcome(request, error)


def base_url(request: HttpRequest) -> str:
    return request.build_absolute_uri(ROOT)


def id_for(acting: Acting, person: PersonId) -> str:
    """What a person is called to the one who asks."""
    return seal_id(person, _secret(acting))


def open_by_id(acting: Acting, patient_id: str) -> Opened:
    """The patient of an id, with what every request about her needs. Blocking. Raises Refused(NOT_FOUND): for
    another user, client, assignment or session it is none."""
    for back in (0, 1):
        try:
            person = unseal_id(patient_id, _secret(acting, back))
        except HandleExpired:
            continue
        return open_for(acting.actor, person, acting.trace, patient_id)
    raise Refused(Code.NOT_FOUND)


def _secret(acting: Acting, back: int = 0) -> bytes:
    """Bound to the session, or to the client and whom it speaks for; for an hour, as handles are."""
    actor, trace = acting.actor, acting.trace
    bound_to = f"fhir|{acting.client}|{trace.session_id}|{actor.user_id}|{actor.assignment_id}"
    return bound_secret(bound_to, HANDLE_WINDOW_S, back)


async def visit_of(
    request: HttpRequest,
    needs: Scope,
    patient_id: str,
    check: Callable[[], object],
    kinds: frozenset[Kind] = EVERY_KIND,
) -> Visit:
    """Through the gate. ``check``: judges what else was sent, once it is known who asks; may refuse.

    Raises Refused where there is no such patient or nothing may be shown of her.
    """

    def find(acting: Acting) -> Opened:
        check()
        return open_by_id(acting, patient_id)

    opened = await found_acting(request, needs, find)
    return await through_gate(opened, kinds)


async def through_gate(opened: Opened, kinds: frozenset[Kind]) -> Visit:
    visit = await visit_by(opened, Action.API, kinds)
    if visit.ruling.permit is None:
        raise Refused(Code.NOTHING_PERMITTED)
    return visit


def read_resource(request: HttpRequest, resource_type: str) -> Resource:
    """The resource in the body. Raises FhirRefused, Refused(TOO_LARGE)."""
    if request.content_type not in RESOURCE_TYPES or _is_packed(request):
        raise FhirRefused("wrong_media_type")
    body = request.body
    if len(body) > MAX_BODY_BYTES:
        raise Refused(Code.TOO_LARGE)
    try:
        found: Resource = read_json(body, "application/json")
    except SourceFault:
        raise Refused(Code.NOT_JSON) from None
    if found.get("resourceType") != resource_type:
        raise FhirRefused("not_a_resource", resource_type)
    return found


def read_form(request: HttpRequest) -> list[tuple[str, str]]:
    """What a search asks: the address's parameters, and for a POST those of its body."""
    pairs = [(name, value) for name, values in request.GET.lists() for value in values]
    if request.method != "POST":
        return pairs
    if request.content_type != FORM_TYPE or _is_packed(request):
        raise FhirRefused("wrong_media_type")
    body = request.body
    if len(body) > MAX_BODY_BYTES:
        raise Refused(Code.TOO_LARGE)
    return [*pairs, *parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)]


def _is_packed(request: HttpRequest) -> bool:
    return request.headers.get("Content-Encoding", "identity").strip().lower() != "identity"
