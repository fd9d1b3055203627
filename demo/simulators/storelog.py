"""The national log service: keeps log posts sent as StoreLog 2.0, and is as strict as its contract.

``POST`` anywhere with SOAPAction. A call is kept whole or not at all; a LogId that is there already, or a
post that lacks something, makes it VALIDATION_ERROR. ``GET /_posts`` tells what is kept. ``POST /_refusals``
{"invalid": [...], "failed": [...]} names LogIds it will not take, or stumbles over. Faults are ordered as
everywhere; all but "unauthorized" and "throttled" come after the posts were kept, as they may in life.
"""

import argparse
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from aiohttp import web
from lxml import etree

from demo.simulators.control import Control
from demo.simulators.process import argument_parser, run
from demo.simulators.soap import ENVELOPE, write_fault

LOGICAL_ADDRESS = "SE165565594230-1000"
OWN = "urn:riv:informationsecurity:auditing:log:StoreLogResponder:2"
CORE = "urn:riv:informationsecurity:auditing:log:2"
REGISTRY = "urn:riv:itintegration:registry:1"
ACTION = f"{OWN}:StoreLog"
MOST_POSTS = 500
MOST_HSA = 32
ACTIVITIES = frozenset({"Läsa", "Skriva", "Signera", "Utskrift", "Vidimera", "Radera", "Nödöppning"})
PURPOSES = frozenset(
    {
        "Vård och behandling",
        "Kvalitetssäkring",
        "Annan dokumentation enligt lag",
        "Statistik",
        "Administration",
        "Kvalitetsregister",
    }
)
# Ordered faults that stop a call at the door; what is answered here is replaced on its way out.
NOT_LET_IN = frozenset({"unauthorized", "throttled"})
NAMES = {"e": ENVELOPE, "o": OWN, "c": CORE, "r": REGISTRY}
Element = Any


class Refused(ValueError):
    """A call that is kept no part of, and in the service's words why."""


class LogService:
    """What it has been given, by LogId, and what it has been told to have against some of it."""

    def __init__(self, logical_address: str = LOGICAL_ADDRESS) -> None:
        self.logical_address = logical_address
        self.posts: dict[str, dict[str, Any]] = {}
        self.calls: list[list[str]] = []
        self.invalid: set[str] = set()
        self.failed: set[str] = set()
        # Calls that arrived; and whether they come no further than that, for tests of a line that breaks.
        self.asked, self.is_deaf = 0, False
        self.control = Control(lambda _status, code, words: {"error": code, "message": words})

    def make_app(self) -> web.Application:
        app = web.Application(client_max_size=8 * 1024 * 1024)
        app.router.add_get("/_posts", self._tell)
        app.router.add_post("/_refusals", self._refuse)
        app.router.add_post("/{path:(?!_).*}", self._store)
        self.control.attach(app)
        return app

    async def _tell(self, _request: web.Request) -> web.Response:
        return web.json_response(list(self.posts.values()))

    async def _refuse(self, request: web.Request) -> web.Response:
        told = await request.json()
        self.invalid, self.failed = set(told.get("invalid", ())), set(told.get("failed", ()))
        return web.Response(status=204)

    async def _store(self, request: web.Request) -> web.Response:
        if request.headers.get("SOAPAction", "").strip('"') != ACTION:
            return _xml(write_fault("no such contract here"), 500)
        try:
            root = etree.fromstring(await request.read(), etree.XMLParser(resolve_entities=False))
        except etree.XMLSyntaxError:
            return _xml(write_fault("not XML"), 500)
        request["patient"] = ""
        self.asked += 1
        return _result("OK") if self.is_deaf else self._answer(root)

    def _answer(self, root: Element) -> web.Response:
        if root.findtext(".//r:LogicalAddress", "", NAMES) != self.logical_address:
            return _xml(write_fault("unknown logical address"), 500)
        try:
            posts = list(self._read(root.findall("e:Body/o:StoreLog/o:log", NAMES)))
        except Refused as flaw:
            return _result("VALIDATION_ERROR", str(flaw))
        if self.failed & {post["log_id"] for post in posts}:
            return _result("ERROR", "Loggposten kunde inte sparas.")
        if self.control.orders.mode in NOT_LET_IN:
            return _result("OK")
        self.calls.append([post["log_id"] for post in posts])
        self.posts.update({post["log_id"]: post for post in posts})
        return _result("OK")

    def _read(self, logs: list[Element]) -> Iterator[dict[str, Any]]:
        if not 1 <= len(logs) <= MOST_POSTS:
            raise Refused("between one and 500 posts")
        seen = set(self.posts)
        for log in logs:
            post = read_post(log)
            if post["log_id"] in seen:
                raise Refused(f"LogId {post['log_id']} finns redan")
            if post["log_id"] in self.invalid:
                raise Refused(f"LogId {post['log_id']} godtas inte")
            seen.add(post["log_id"])
            yield post


def read_post(log: Element) -> dict[str, Any]:
    """One post with everything that the contract wants. Raises Refused."""
    try:
        log_id = str(UUID(_text(log, "logId")))
        start = datetime.fromisoformat(_text(log, "activity/startDate"))
    except ValueError as error:
        raise Refused("logId or startDate") from error
    activity, purpose = _text(log, "activity/activityType"), _text(log, "activity/purpose")
    if activity not in ACTIVITIES or purpose not in PURPOSES:
        raise Refused("activityType or purpose")
    _hsa(log, "system/systemId")
    resources = [
        {
            "type": _text(each, "resourceType"),
            "provider": _hsa(each, "careProvider/careProviderId"),
            "patient": _patient(each),
        }
        for each in log.findall("c:resources/c:resource", NAMES)
    ]
    if not resources:
        raise Refused("resources")
    return {
        "log_id": log_id,
        "activity": activity,
        "purpose": purpose,
        "start": start.isoformat(),
        "user": _hsa(log, "user/userId"),
        "provider": _hsa(log, "user/careProvider/careProviderId"),
        "unit": _hsa(log, "user/careUnit/careUnitId"),
        "resources": resources,
    }


def _patient(resource: Element) -> str:
    found = resource.find("c:patient/c:patientId", NAMES)
    if found is None:
        return ""
    if not _text(found, "root").startswith("1.2.752."):
        raise Refused("patientId")
    return _text(found, "extension")


def _hsa(parent: Element, path: str) -> str:
    found = _text(parent, path)
    if len(found) > MOST_HSA:
        raise Refused(path)
    return found


def _text(parent: Element, path: str) -> str:
    found: str = parent.findtext("/".join(f"c:{name}" for name in path.split("/")), "", NAMES).strip()
    if not found or len(found) > 256:
        raise Refused(path)
    return found


def _result(code: str, words: str = "") -> web.Response:
    root = etree.Element(f"{{{ENVELOPE}}}Envelope", nsmap={"soap": ENVELOPE})
    answer = etree.SubElement(etree.SubElement(root, f"{{{ENVELOPE}}}Body"), f"{{{OWN}}}StoreLogResponse")
    result = etree.SubElement(answer, f"{{{OWN}}}result")
    etree.SubElement(result, f"{{{CORE}}}resultCode").text = code
    if words:
        etree.SubElement(result, f"{{{CORE}}}resultText").text = words
    return _xml(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def _xml(body: bytes, status: int = 200) -> web.Response:
    return web.Response(body=body, status=status, content_type="text/xml", charset="utf-8")


def build(_options: argparse.Namespace) -> web.Application:
    return LogService().make_app()


if __name__ == "__main__":
    run(argument_parser("storelog", __doc__.splitlines()[0] if __doc__ else ""), build)
