"""What a launch says, once it is believed: who reads, under which assignment, about whom."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from consent.identity import InvalidNumber, read_number
from consent.terms import PersonId
from consent.vocabulary import IdType, Purpose
from portal.accounts.models import Assignment
from portal.accounts.oidc.claims import LONGEST_NAME, read_word
from portal.dates import today
from portal.launching.refusals import LaunchRefused, Why


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """``system``: its id in LAUNCH_FILE. ``way``: jwt or smart. ``hsa_id``: the employee's. ``unit_id`` ""
    and ``purpose`` None: the launching system did not say."""

    system: str
    way: str
    hsa_id: str
    patient: PersonId
    unit_id: str = ""
    purpose: Purpose | None = None

    def fits(self, assignment: Assignment) -> bool:
        """Whether an assignment of the reader's is the one she works under in the launching system.

        Without a purpose, that of care: a record system is opened for no other.
        """
        wanted = self.purpose or Purpose.CARE
        return self.unit_id in ("", assignment.unit_id) and assignment.purpose == wanted.value

    def as_content(self) -> dict[str, Any]:
        return {
            "system": self.system,
            "way": self.way,
            "hsa_id": self.hsa_id,
            "patient": [self.patient.type.value, self.patient.number],
            "unit_id": self.unit_id,
            "purpose": self.purpose.value if self.purpose else None,
        }


def from_content(content: dict[str, Any]) -> Launch:
    kind, number = content["patient"]
    purpose = content["purpose"]
    return Launch(
        **{
            **content,
            "patient": PersonId(number, IdType(kind)),
            "purpose": Purpose(purpose) if purpose else None,
        }
    )


def read_patient(text: object) -> PersonId:
    """A number as a launching system writes it: as strict as one that is typed. Raises LaunchRefused."""
    if not isinstance(text, str):
        raise LaunchRefused(Why.NO_PATIENT, "missing")
    try:
        return read_number(text, today())
    except InvalidNumber as flaw:
        raise LaunchRefused(Why.NO_PATIENT, flaw.flaw.value) from None


def read_purpose(purposes: Mapping[str, Purpose], said: object) -> Purpose | None:
    """None where nothing is said; a purpose that is none of ours fits no assignment. Raises LaunchRefused."""
    if said is None:
        return None
    found = purposes.get(read_word(said, LONGEST_NAME))
    if found is None:
        raise LaunchRefused(Why.NO_ASSIGNMENT, "purpose")
    return found
