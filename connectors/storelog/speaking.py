"""One call to the national log service: SOAP 1.1, and what came of it.

Source: StoreLog 2.0, RIV-TA basic profile 2.1. A call is kept whole or not at all, and a post whose LogId is
there already makes it refused (rule 1 of the contract). What the service says in words is neither kept nor
logged: it may name somebody.
"""

from collections.abc import Sequence
from enum import StrEnum

from lxml import etree

from connectors.base.certificates import client_tls
from connectors.base.contract import Fault, SourceFault
from connectors.base.faults import ENVELOPE
from connectors.base.transport import Transport
from connectors.base.xmlreading import child, has_fault, name_of
from connectors.rivta.contracts import REGISTRY, ServiceContract
from connectors.rivta.elements import Element, text
from connectors.rivta.identifiers import type_and_number
from connectors.storelog.shaping import Post
from connectors.storelog.terms import DEADLINE_S, NationalLog

CONTRACT = ServiceContract(
    domain="informationsecurity:auditing:log", operation="StoreLog", version="2.0", core="2"
)
SYSTEM_NAME = "Patientöversikt"
_NOT_XML = {code: None for code in range(32) if chr(code) not in "\t\n\r"} | {0xFFFE: None, 0xFFFF: None}


class Outcome(StrEnum):
    """INVALID: something in the call is refused. FAILED: the service could not. Of neither anything was kept.
    REPORTED: something on the way there says that it failed, and nobody knows where."""

    STORED = "stored"
    INVALID = "invalid"
    FAILED = "failed"
    REPORTED = "reported"


def transport_to(place: NationalLog) -> Transport:
    """Never asks twice by itself: what is sent is kept there. Raises SourceFault(CONFIG)."""
    texts = (place.authority, place.certificate, place.key)
    return Transport(
        place.url,
        deadline_s=DEADLINE_S,
        tls=client_tls(*texts) if any(one.strip() for one in texts) else None,
        accept="text/xml",
        slug="storelog",
        repeats=False,
    )


async def store(transport: Transport, place: NationalLog, posts: Sequence[Post]) -> Outcome:
    """Send them in one call. Raises SourceFault where nobody knows what came of it, or it never left."""
    try:
        root = await transport.post_xml("", write_call(place, posts), CONTRACT.action)
    except SourceFault as fault:
        if fault.fault is not Fault.REPORTED:
            raise
        return Outcome.REPORTED
    return read_reply(root)


def read_reply(root: Element) -> Outcome:
    """Raises SourceFault: AUTH where we may not, FORMAT for what is no answer to this."""
    body = child(root, "Body")
    if name_of(root) != "envelope" or body is None:
        raise SourceFault(Fault.FORMAT)
    if has_fault(root):
        return Outcome.REPORTED
    code = text(child(body, "StoreLogResponse"), "result", "resultCode").upper()
    if code in ("OK", "INFO"):
        return Outcome.STORED
    if code == "VALIDATION_ERROR":
        return Outcome.INVALID
    if code == "ERROR":
        return Outcome.FAILED
    raise SourceFault(Fault.AUTH if code == "ACCESSDENIED" else Fault.FORMAT)


def write_call(place: NationalLog, posts: Sequence[Post]) -> bytes:
    own, core = CONTRACT.namespace, CONTRACT.core_namespace
    names = {"soap": ENVELOPE, "registry": REGISTRY, "store": own, "log": core}
    root = etree.Element(f"{{{ENVELOPE}}}Envelope", nsmap=names)
    _add(_add(root, ENVELOPE, "Header"), REGISTRY, "LogicalAddress", place.logical_address)
    call = _add(_add(root, ENVELOPE, "Body"), own, "StoreLog")
    for post in posts:
        _write_post(_add(call, own, "log"), place, post)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _write_post(log: Element, place: NationalLog, post: Post) -> None:
    core = CONTRACT.core_namespace
    _add(log, core, "logId", post.log_id)
    system = _add(log, core, "system")
    _add(system, core, "systemId", place.system_id)
    _add(system, core, "systemName", SYSTEM_NAME)
    activity = _add(log, core, "activity")
    _add(activity, core, "activityType", post.activity)
    if post.args:
        _add(activity, core, "activityArgs", post.args)
    _add(activity, core, "startDate", post.start.isoformat(timespec="milliseconds"))
    _add(activity, core, "purpose", post.purpose)
    user = _add(log, core, "user")
    _add(user, core, "userId", post.user_id)
    _write_owner(user, post.provider_id, post.unit_id, post.unit_name)
    resources = _add(log, core, "resources")
    for each in post.resources:
        resource = _add(resources, core, "resource")
        _add(resource, core, "resourceType", each.type)
        if post.patient is not None:
            root, extension = type_and_number(post.patient)
            patient = _add(_add(resource, core, "patient"), core, "patientId")
            _add(patient, core, "root", root)
            _add(patient, core, "extension", extension)
        _write_owner(resource, each.provider_id, each.unit_id)


def _write_owner(parent: Element, provider_id: str, unit_id: str, unit_name: str = "") -> None:
    core = CONTRACT.core_namespace
    _add(_add(parent, core, "careProvider"), core, "careProviderId", provider_id)
    if unit_id:
        unit = _add(parent, core, "careUnit")
        _add(unit, core, "careUnitId", unit_id)
        if unit_name:
            _add(unit, core, "careUnitName", unit_name)


def _add(parent: Element, namespace: str, name: str, said: str | None = None) -> Element:
    made = etree.SubElement(parent, f"{{{namespace}}}{name}")
    if said is not None:
        made.text = said.translate(_NOT_XML)
    return made
