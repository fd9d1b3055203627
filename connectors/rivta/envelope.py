"""SOAP 1.1 as RIV-TA has it: a question is written from a template, an answer opened by local name."""

from dataclasses import dataclass
from xml.sax.saxutils import escape

from connectors.base.contract import Fault, SourceFault
from connectors.base.faults import ENVELOPE
from connectors.base.xmlreading import child, has_fault, name_of
from connectors.rivta.contracts import REGISTRY, ServiceContract
from connectors.rivta.elements import Element, text
from connectors.rivta.identifiers import type_and_number
from connectors.rivta.status import SystemStatus, read_statuses
from consent.terms import PersonId

_TEMPLATE = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<soap:Envelope xmlns:soap="{soap}" xmlns:registry="{registry}" xmlns:ask="{ask}" xmlns:core="{core}">'
    "<soap:Header><registry:LogicalAddress>{address}</registry:LogicalAddress></soap:Header>"
    "<soap:Body><ask:{operation}>{question}</ask:{operation}></soap:Body></soap:Envelope>"
)
_OK, _INFO = "OK", "INFO"
MAX_WORDS_LENGTH = 500


@dataclass(frozen=True, slots=True)
class Opened:
    """A sound answer: what stands in its body, how each system behind did, and the source's own words."""

    response: Element
    statuses: tuple[SystemStatus, ...]
    warnings: tuple[str, ...]


def write_question(
    contract: ServiceContract, logical_address: str, person: PersonId, rest_of: str = ""
) -> bytes:
    """The envelope that asks one contract about one person. ``rest_of``: the reference that an answer in
    pieces gave for where it stopped."""
    kind, number = type_and_number(person)
    values = {"id": number, "type": kind, "root": kind, "extension": number}
    parts = [f"<core:{name}>{escape(values[name])}</core:{name}>" for name in contract.style.value]
    question = f"<ask:patientId>{''.join(parts)}</ask:patientId>"
    if rest_of:
        question += f"<ask:hasMoreReference>{escape(rest_of)}</ask:hasMoreReference>"
    return _write(contract, logical_address, question)


def write_ping(contract: ServiceContract, logical_address: str, about: ServiceContract) -> bytes:
    """The envelope that asks whether a contract is served at an address; about nobody."""
    question = (
        f"<ask:serviceContractNamespace>{escape(about.namespace)}</ask:serviceContractNamespace>"
        f"<ask:logicalAddress>{escape(logical_address)}</ask:logicalAddress>"
    )
    return _write(contract, logical_address, question)


def _write(contract: ServiceContract, logical_address: str, question: str) -> bytes:
    return _TEMPLATE.format(
        soap=ENVELOPE,
        registry=REGISTRY,
        ask=contract.namespace,
        core=contract.core_namespace,
        address=escape(logical_address),
        operation=contract.operation,
        question=question,
    ).encode()


def open_answer(root: Element, contract: ServiceContract) -> Opened:
    """Raises SourceFault: REPORTED for a SOAP Fault or the result ERROR, FORMAT for anything unexpected."""
    body = child(root, "Body")
    if name_of(root) != "envelope" or body is None:
        raise SourceFault(Fault.FORMAT)
    if has_fault(root):
        raise SourceFault(Fault.REPORTED)
    response = child(body, f"{contract.operation}Response")
    if response is None:
        raise SourceFault(Fault.FORMAT)
    return Opened(response, read_statuses(child(root, "Header")), _read_result(response))


def _read_result(response: Element) -> tuple[str, ...]:
    """What the source adds to an answer: words that its contract wants shown, and no doubt about the answer.
    Some contracts have no result; a code unknown here is no OK."""
    result = child(response, "result")
    if result is None:
        return ()
    code = text(result, "resultCode").upper()
    if code not in (_OK, _INFO):
        raise SourceFault(Fault.REPORTED)
    said = text(result, "resultText") or text(result, "message")
    if len(said) > MAX_WORDS_LENGTH:
        said = f"{said[: MAX_WORDS_LENGTH - 1]}…"
    return (said,) if code == _INFO and said else ()
