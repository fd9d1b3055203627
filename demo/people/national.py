"""What the national overview (NPÖ) passes on of the people: journals of others, contract by contract.

One entry is one record of one contract, written by ``staff`` in the journal ``system``. Its body is nested
as the contract has it; names that begin with ``own:`` belong to the contract itself, the others to its
domain. Both versions of a contract tell of the same document.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from demo.people.cosmic import NO_CPR_TEXT
from demo.people.dates import WRITTEN, compact_day, compact_moment
from demo.people.facts import BY_LETTER
from demo.people.fhir_shapes import NO_CPR
from demo.people.places import DR_MEDICIN, Staff

REGION_JOURNAL = "SE2321000016-1COS"
SYSTEM_NAMES = {REGION_JOURNAL: "Cosmic, Region Fjäll"}
SNOMED_OID = "1.2.752.116.2.1.1"
Body = dict[str, Any]


@dataclass(frozen=True)
class Entry:
    """``written``: YYYYMMDDhhmmss in Sweden, as the contracts write time."""

    contract: str
    number: str
    document_id: str
    system: str
    staff: Staff
    written: str
    body: Body


def _limitation(
    today: date, letter: str, staff: Staff, days: int, text: str, document_id: str
) -> list[Entry]:
    """A care limitation as both versions of the contract have it: free text, and a coded decision. Written
    in the journal when the journal itself says so."""
    at = compact_moment(today, days, WRITTEN)
    free = {
        "typeOfAlertInformation": {"code": "upp-vbe", "codeSystem": "1.2.752.129.2.2.2.1"},
        "ascertainedDate": compact_day(today, days),
        "validityTimePeriod": {"start": at},
        "restrictionOfCare": {"restrictionOfCareComment": text},
    }
    decision = {
        "own:code": {"code": NO_CPR[1], "codeSystem": SNOMED_OID, "displayName": NO_CPR[2]},
        "own:description": text,
        "own:approval": "true",
        "own:timestamp": at,
    }
    coded = {"own:specificationVersion": "3.0", "own:decisionNonstandardCareProcedure": decision}
    number = BY_LETTER[letter].number
    return [
        Entry("GetAlertInformation 2.0", number, document_id, REGION_JOURNAL, staff, at, free),
        Entry("GetAlertInformation 3.0", number, document_id, REGION_JOURNAL, staff, at, coded),
    ]


def build_national(today: date) -> list[Entry]:
    """Knut Hedvall's limitation once more, under the id the region's journal gave it."""
    text = NO_CPR_TEXT.format(who=DR_MEDICIN.name)
    return _limitation(today, "J", DR_MEDICIN, -200, text, "pat-j-flag-1")
