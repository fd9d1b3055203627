"""One person's file in the municipality's system: each verb adds one entry in its (invented) wire format."""

from datetime import date
from typing import Any, Literal

from demo.people.dates import day, moment
from demo.people.facts import Person
from demo.people.places import Staff, Unit

System = Literal["hsl", "sol"]
Entry = dict[str, Any]
# The lists of an answer, in the order they are sent.
LISTS = ("insatser", "inskrivning", "uppgifter", "planer", "kontakter", "noteringar")


class File:
    """Collects entries by list. Days are counted from T; negative is the past."""

    def __init__(self, today: date, person: Person, system: System) -> None:
        self.today = today
        self.person = person
        self.system = system
        self.entries: dict[str, list[Entry]] = {name: [] for name in LISTS}

    def service(
        self,
        staff: Staff,
        since: int,
        kind: str,
        title: str,
        extent: str,
        performer: Unit,
        *,
        law: Literal["SOL", "LSS"] = "SOL",
        until: int | None = None,
        housing: bool = False,
    ) -> None:
        """An insats that has been granted. The unit that carries it out owns the entry."""
        entry = self._add("insatser", staff, since, kind, title, extent, law=law, until=until, unit=performer)
        # Case officers look through what runs: an old decision is not an old entry.
        entry["uppdaterad"] = moment(self.today, max(since, -25) if until is None else until, "11:30")
        entry["omfattning"] = extent
        entry["beslutsdatum"] = day(self.today, since - 7)
        entry["boende"] = housing
        entry["utforare"] = {
            "namn": performer.name,
            "telefon_dag": performer.phone,
            "telefon_natt": performer.phone_night,
        }
        entry["handlaggare"]["telefon"] = staff.unit.phone

    def enrolment(self, staff: Staff, since: int, title: str, *, until: int | None = None) -> None:
        """Enrolled in home health care since that day."""
        text = "Ansvarig sjuksköterska nås dagtid, Nattpatrullen övrig tid."
        entry = self._add("inskrivning", staff, since, "hemsjukvard", title, text, until=until)
        entry["telefon_natt"] = staff.unit.phone_night

    def task(
        self,
        staff: Staff,
        since: int,
        kind: str,
        title: str,
        text: str,
        *,
        next_visit: int | None = None,
        performer: Unit | None = None,
    ) -> None:
        """Something done at home: ``uppgift``, ``delegering``, ``adl`` or ``hjalpmedel``."""
        entry = self._add("uppgifter", staff, since, kind, title, text)
        if performer is not None:
            entry["utforare"] = {"namn": performer.name, "telefon_dag": performer.phone}
        if next_visit is not None:
            entry["nasta_besok"] = moment(self.today, next_visit, "10:00")

    def contact(
        self,
        staff: Staff,
        since: int,
        kind: str,
        title: str,
        name: str,
        phone: str,
        *,
        relation: str | None = None,
        address: str | None = None,
    ) -> None:
        """Somebody to call: ``fast_vardkontakt``, ``fast_omsorgskontakt`` or ``narstaende``."""
        entry = self._add("kontakter", staff, since, kind, title, "")
        entry["namn"] = name
        entry["telefon"] = phone
        if relation:
            entry["relation"] = relation
        if address:
            entry["adress"] = address

    def limitation(
        self,
        staff: Staff,
        since: int,
        kind: str,
        title: str,
        text: str,
        *,
        applies: bool = True,
        consulted: str = "",
        attitude: str = "",
    ) -> None:
        """A note on limits of care, in free text. ``galler`` false: none applies any more."""
        entry = self._add("noteringar", staff, since, kind, title, text)
        entry["galler"] = applies
        entry["beslutat_av"] = f"{staff.name}, {staff.role}"
        entry["samrad"] = consulted
        entry["patientens_installning"] = attitude

    def _add(
        self,
        name: str,
        staff: Staff,
        since: int,
        kind: str,
        title: str,
        text: str,
        *,
        law: Literal["HSL", "SOL", "LSS"] | None = None,
        until: int | None = None,
        unit: Unit | None = None,
    ) -> Entry:
        owner = unit or staff.unit
        order = sum(len(entries) for entries in self.entries.values()) + 1
        entry: Entry = {
            "id": f"viva-{self.system}-{self.person.letter.lower()}-{order}",
            "personid": self.person.number,
            "typ": kind,
            "rubrik": title,
            "text": text,
            "status": "aktiv" if until is None or until >= 0 else "avslutad",
            "fran": day(self.today, since),
            "till": None if until is None else day(self.today, until),
            "uppdaterad": moment(self.today, since if until is None else until, "11:30"),
            "lagrum": law or ("HSL" if self.system == "hsl" else "SOL"),
            "enhet": {"hsaid": owner.hsa, "namn": owner.name, "telefon": owner.phone},
            "vardgivare": {"hsaid": owner.provider.hsa, "namn": owner.provider.name},
            "handlaggare": {"namn": staff.name, "roll": staff.role},
        }
        self.entries[name].append(entry)
        return entry
