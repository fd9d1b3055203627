"""A FHIR R4 server as the region's record system offers it: client credentials, POST _search, pages.

``POST /oauth/token``; ``GET /fhir/metadata``; ``POST /fhir/<Type>/_search``; ``GET /fhir/<Type>/<id>``.
With ``--as-sold`` alerts are not in FHIR: ``POST /api/open/attentionsignals`` (demo.simulators.signals).
With ``--data DIR`` it also serves other people's messages; with ``--no-people`` only those.
"""

import argparse
import base64
import json
import secrets
import time
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import web
from multidict import MultiDictProxy

from demo.people import build
from demo.simulators.control import Control
from demo.simulators.fhir_files import load_folder
from demo.simulators.fhir_search import Query, Unsupported, included, select, subjects
from demo.simulators.fhir_store import Resource, Store, patients_of
from demo.simulators.process import argument_parser, run
from demo.simulators.signals import ALERTS, offer_signals

MEDIA_TYPE = "application/fhir+json"
PAGE_SIZE = 50
LARGEST_PAGE = 500
KEPT_RESULTS = 500


@dataclass(frozen=True)
class Result:
    """A selection that has been begun: pages are cut from it, so that they fit together."""

    matches: list[Resource]
    includes: tuple[str, ...]
    size: int
    number: str


def explain(status: int, code: str, words: str) -> Resource:
    """An OperationOutcome; ``code`` is of the issue-type code system."""
    severity = "fatal" if status >= 500 else "error"
    return {
        "resourceType": "OperationOutcome",
        "issue": [{"severity": severity, "code": code, "diagnostics": words}],
    }


class FhirServer:
    """One server over one store. ``closed``: resource types it does not open, whatever the store has."""

    def __init__(
        self,
        store: Store,
        client: tuple[str | None, str | None],
        token_life_s: int,
        closed: frozenset[str] = frozenset(),
    ) -> None:
        self.store = store
        self.closed = closed
        self.client = client
        self.token_life_s = token_life_s
        self.control = Control(explain, MEDIA_TYPE)
        self._tokens: dict[str, float] = {}
        self._results: OrderedDict[str, tuple[Result, int]] = OrderedDict()

    def make_app(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/oauth/token", self._give_token)
        app.router.add_get("/fhir/metadata", self._metadata)
        app.router.add_get("/fhir/_page/{key}", self._page)
        app.router.add_post("/fhir/{kind:[A-Z][A-Za-z]+}/_search", self._search)
        app.router.add_get("/fhir/{kind:[A-Z][A-Za-z]+}/{id}", self._read)
        self.control.attach(app)
        return app

    async def _give_token(self, request: web.Request) -> web.Response:
        if self.control.mode_for("") in ("unauthorized", "unavailable"):
            request["patient"] = ""
        form = await request.post()
        if form.get("grant_type") != "client_credentials":
            return web.json_response({"error": "unsupported_grant_type"}, status=400)
        if not self._is_known_client(request, form):
            return web.json_response({"error": "invalid_client"}, status=401)
        token = secrets.token_urlsafe(24)
        self._tokens[token] = time.monotonic() + self.token_life_s
        given = {"access_token": token, "token_type": "Bearer", "expires_in": self.token_life_s}
        return web.json_response(given)

    def _is_known_client(self, request: web.Request, form: MultiDictProxy[Any]) -> bool:
        given = (form.get("client_id"), form.get("client_secret"))
        scheme, _, code = request.headers.get("Authorization", "").partition(" ")
        if scheme == "Basic":
            name, _, secret = base64.b64decode(code).decode().partition(":")
            given = (name, secret)
        return all(
            value and wanted in (None, value) for value, wanted in zip(given, self.client, strict=True)
        )

    def is_authorised(self, request: web.Request) -> bool:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        return scheme == "Bearer" and self._tokens.get(token, 0.0) > time.monotonic()

    async def _metadata(self, _request: web.Request) -> web.Response:
        return _fhir_response(capability([kind for kind in self.store.types if kind not in self.closed]))

    async def _search(self, request: web.Request) -> web.Response:
        if not self.is_authorised(request):
            return self.control.refuse(401, "login", "A bearer token is needed.")
        if request.content_type != "application/x-www-form-urlencoded":
            return self.control.refuse(415, "invalid", "Searches are sent as a form.")
        form = await request.post()
        query = [(name, str(value)) for name, value in form.items()]
        number = self._number_asked_about(query)
        request["patient"] = number
        kind = request.match_info["kind"]
        if kind in self.closed:
            return self.control.refuse(404, "not-supported", f"{kind} is not offered.")
        try:
            size = max(1, min(int(dict(query).get("_count") or PAGE_SIZE), LARGEST_PAGE))
            matches = [] if self.control.mode_for(number) == "empty" else select(self.store, kind, query)
        except Unsupported as error:
            return self.control.refuse(400, "not-supported", f"Unknown search parameter {error}.")
        except ValueError:
            return self.control.refuse(400, "invalid", "A parameter could not be read.")
        if self.control.mode_for(number) == "foreign":
            matches = self._with_foreign(kind, number, matches)
        includes = tuple(str(rule) for rule in form.getall("_include", []))
        return self._answer(request, Result(matches, includes, size, number), 0)

    async def _page(self, request: web.Request) -> web.Response:
        if not self.is_authorised(request):
            return self.control.refuse(401, "login", "A bearer token is needed.")
        kept = self._results.get(request.match_info["key"])
        if kept is None:
            return self.control.refuse(410, "expired", "The search must be made again.")
        request["patient"] = kept[0].number
        return self._answer(request, *kept)

    async def _read(self, request: web.Request) -> web.Response:
        if not self.is_authorised(request):
            return self.control.refuse(401, "login", "A bearer token is needed.")
        resource = self.store.get(f"{request.match_info['kind']}/{request.match_info['id']}")
        if resource is None:
            return self.control.refuse(404, "not-found", "No such resource.")
        request["patient"] = next((self.store.number_of(p) for p in patients_of(resource)), "")
        return _fhir_response(resource)

    def _number_asked_about(self, query: Query) -> str:
        """Whose answer this is, as a Swedish number; "" for a question about nobody in particular."""
        if (patient_ids := subjects(self.store, query)) is not None:
            return next((self.store.number_of(patient_id) for patient_id in patient_ids), "")
        return dict(query).get("identifier", "").rpartition("|")[2]

    def _with_foreign(self, kind: str, number: str, matches: list[Resource]) -> list[Resource]:
        """The matches with one resource of another patient among them."""
        for resource in self.store.of_type(kind):
            owners = {self.store.number_of(patient_id) for patient_id in patients_of(resource)}
            if owners and number not in owners and resource not in matches:
                mixed = list(matches)
                mixed.insert(self.control.orders.position, resource)
                return mixed
        return matches

    def _answer(self, request: web.Request, result: Result, offset: int) -> web.Response:
        page = result.matches[offset : offset + result.size]
        base = f"{request.scheme}://{request.host}"
        links = [{"relation": "self", "url": f"{base}{request.path}"}]
        if offset + result.size < len(result.matches):
            links.append(
                {"relation": "next", "url": f"{base}/fhir/_page/{self._keep(result, offset + result.size)}"}
            )
        entries = [_entry(base, resource, "match") for resource in page]
        entries += [_entry(base, r, "include") for r in included(self.store, page, result.includes)]
        bundle = {"resourceType": "Bundle", "type": "searchset", "total": len(result.matches), "link": links}
        return _fhir_response(bundle | ({"entry": entries} if entries else {}))

    def _keep(self, result: Result, offset: int) -> str:
        key = secrets.token_urlsafe(16)
        self._results[key] = (result, offset)
        while len(self._results) > KEPT_RESULTS:
            self._results.popitem(last=False)
        return key


def capability(types: list[str]) -> Resource:
    """The CapabilityStatement: R4, JSON, search by POST, bearer tokens."""
    interactions = [{"code": "read"}, {"code": "search-type"}]
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": "2026-01-01",
        "kind": "instance",
        "fhirVersion": "4.0.1",
        "format": ["json"],
        "implementation": {"description": "Simulerad FHIR-server med påhittade personer"},
        "rest": [
            {
                "mode": "server",
                "security": {"service": [{"text": "OAuth2 client credentials, POST /oauth/token"}]},
                "resource": [{"type": kind, "interaction": interactions} for kind in types],
            }
        ],
    }


def _entry(base: str, resource: Resource, mode: str) -> Resource:
    url = f"{base}/fhir/{resource['resourceType']}/{resource['id']}"
    return {"fullUrl": url, "resource": resource, "search": {"mode": mode}}


def _fhir_response(resource: Resource, status: int = 200) -> web.Response:
    body = json.dumps(resource, ensure_ascii=False).encode()
    return web.Response(body=body, status=status, content_type=MEDIA_TYPE, charset="utf-8")


def build_app(options: argparse.Namespace) -> web.Application:
    store = Store() if options.no_people else Store(build(options.today).fhir_resources)
    if options.data:
        numbers = json.loads(Path(options.identifiers).read_text("utf-8")) if options.identifiers else {}
        store.add(load_folder(Path(options.data), numbers))
    client = (options.client_id, options.client_secret)
    closed = ALERTS if options.as_sold else frozenset()
    server = FhirServer(store, client, options.token_seconds, closed)
    app = server.make_app()
    offer_signals(server, app, options.subscription_key)
    return app


def main() -> None:
    parser = argument_parser("fhir", "The region's record system as a FHIR R4 server.")
    parser.add_argument("--data", help="folder with further messages, .json and .json.gz")
    parser.add_argument("--identifiers", help="JSON map: file name or Patient id to Swedish number")
    parser.add_argument("--no-people", action="store_true", help="serve only what --data holds")
    parser.add_argument("--as-sold", action="store_true", help="alerts are signals, and not in FHIR")
    parser.add_argument("--subscription-key", help="the only key for signals; without it any will do")
    parser.add_argument("--client-id", help="the only client accepted; without it any will do")
    parser.add_argument("--client-secret", help="its secret")
    parser.add_argument("--token-seconds", type=int, default=3600, help="how long a token lasts")
    run(parser, build_app)


if __name__ == "__main__":
    main()
