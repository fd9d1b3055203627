"""The public page at /anslut/ and what belongs to it: schema, samples, self-check, handing in a file."""

from collections.abc import Mapping
from typing import Any

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from connectors.openfeed.files import MAX_BYTES, from_json, read_file
from connectors.openfeed.handing_in import NothingWaits, Wishes, carry_out, look
from connectors.openfeed.models import Token
from connectors.openfeed.refusing import ADVICE, Code, RefusedWhole, words_of
from connectors.openfeed.remarks import remarks_on
from connectors.openfeed.reports import report_on, report_without_source
from connectors.openfeed.samples import SAMPLES
from connectors.openfeed.schema import schema_document
from connectors.openfeed.terms import receives
from connectors.openfeed.tokens import prove
from portal.feed.presenters import contract
from portal.feed.requests import AddressThrottle
from portal.languages import in_language, languages_told

MAX_CHECKED_BYTES = 1024 * 1024
CONFIRMED_WITHIN_S = 3600
# One answer says both what becomes of what was there, and whether silence means nothing from now on.
WISHES: Mapping[str, Wishes] = {
    "snapshot": Wishes(is_snapshot=True, is_complete=True),
    "complete": Wishes(is_complete=True),
    "upsert": Wishes(),
}
_SALT = "feed.handed-in"


class _PageThrottle(AddressThrottle):
    """Reading files is dear, and these pages ask for no sign-in."""

    scope = "page"

    def get_cache_key(self, request: Any, view: Any) -> str:  # noqa: ARG002
        return f"feed-page-{request.META.get('REMOTE_ADDR', '')}"


def _show(request: HttpRequest, template: str, status: int = 200, **said: Any) -> HttpResponse:
    address = request.build_absolute_uri("/").rstrip("/")
    context = {"address": address, **languages_told(), **said}
    return render(request, f"feed/{template}.html", context, status=status)


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    with in_language(request):
        address = request.build_absolute_uri("/").rstrip("/")
        return _show(request, "home", 200, **contract(address))


@require_GET
def schema(request: HttpRequest) -> HttpResponse:
    with in_language(request):
        document = schema_document(request.build_absolute_uri(reverse("feed_schema")))
    response = JsonResponse(document, json_dumps_params={"ensure_ascii": False, "indent": 2})
    response.headers["Content-Type"] = "application/schema+json"
    return response


@require_GET
def sample(request: HttpRequest, name: str) -> HttpResponse:  # noqa: ARG001
    if name not in SAMPLES:
        raise Http404
    found = SAMPLES[name]
    response = HttpResponse(found.make(), content_type=found.content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{found.name}"'
    return response


@require_http_methods(["GET", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """A file or a pasted record, judged and forgotten."""
    with in_language(request):
        if request.method != "POST":
            return _show(request, "check")
        if not _PageThrottle().allow_request(request, None):
            return _refused(request, "check", RefusedWhole(Code.THROTTLED))
        text = request.POST.get("text", "")
        try:
            report = report_without_source(read_file(*_given(request)))
            return _show(request, "check", report=report, text=text)
        except RefusedWhole as refusal:
            return _refused(request, "check", refusal, text=text)


def _given(request: HttpRequest) -> tuple[str, bytes]:
    """What was uploaded, or else pasted. Raises RefusedWhole."""
    upload = request.FILES.get("file")
    if upload is not None:
        if (upload.size or 0) > MAX_CHECKED_BYTES:
            raise RefusedWhole(Code.TOO_LARGE, _("Här prövas högst 1 MiB."))
        return upload.name or "", upload.read()
    return "", request.POST.get("text", "").encode("utf-8", "replace")


def _refused(request: HttpRequest, template: str, refusal: RefusedWhole, **said: Any) -> HttpResponse:
    status = ADVICE[refusal.code].status or 400
    return _show(request, template, status, fault=words_of(refusal), code=refusal.code.value, **said)


@require_http_methods(["GET", "POST"])
def hand_in(request: HttpRequest) -> HttpResponse:
    """First what the file would do; then, confirmed within an hour, the deed."""
    with in_language(request):
        if request.method != "POST":
            return _show(request, "hand_in")
        if not _PageThrottle().allow_request(request, None):
            return _refused(request, "hand_in", RefusedWhole(Code.THROTTLED))
        act = _confirm if "ticket" in request.POST else _look
        try:
            return act(request)
        except RefusedWhole as refusal:
            return _refused(request, "hand_in", refusal)


def _look(request: HttpRequest) -> HttpResponse:
    token = prove(request.POST.get("token", "").strip())
    _check_receiving(token)
    upload = request.FILES.get("file")
    if upload is None:
        raise RefusedWhole(Code.NOT_A_FILE, _("Välj en fil."), "")
    wishes = WISHES.get(request.POST.get("mode", ""))
    if wishes is None:
        raise RefusedWhole(Code.NOT_A_FILE, _("Välj hur filen är menad."), "")
    file, delivery = look(token.source, upload.name or "", upload.read(MAX_BYTES + 1), wishes, token.label)
    remarks = remarks_on(from_json(file.content or "[]"))
    report = report_on(delivery, is_snapshot=wishes.is_snapshot, remarks=remarks)
    ticket = signing.dumps([str(file.pk), str(token.pk)], salt=_SALT)
    return _show(request, "hand_in", report=report, ticket=ticket, name=file.name, source=token.source.label)


def _confirm(request: HttpRequest) -> HttpResponse:
    try:
        file_id, token_id = signing.loads(request.POST["ticket"], salt=_SALT, max_age=CONFIRMED_WITHIN_S)
    except signing.BadSignature:
        raise RefusedWhole(
            Code.NOT_A_FILE, _("Bekräftelsen gäller inte längre. Lämna filen igen."), ""
        ) from None
    token = Token.objects.select_related("source", "request").filter(pk=token_id).first()
    if token is None or not token.is_in_force:
        raise RefusedWhole(Code.WRONG_TOKEN)
    _check_receiving(token)
    try:
        file, delivery = carry_out(file_id)
    except NothingWaits:
        raise RefusedWhole(Code.NOT_A_FILE, _("Filen är redan inläst, eller finns inte kvar."), "") from None
    report = report_on(delivery, is_snapshot=file.mode == file.SNAPSHOT)
    return _show(request, "hand_in", report=report, done=True, name=file.name, source=token.source.label)


def _check_receiving(token: Token) -> None:
    source = token.source
    if not (source.enabled and source.connector == "openfeed" and receives(source.settings)):
        raise RefusedWhole(Code.NOT_RECEIVING)
