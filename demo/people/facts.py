"""Who the thirteen invented people are. Every number is an official Swedish test number."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

Sex = Literal["female", "male", "unknown"]
NumberType = Literal["personnummer", "samordningsnummer", "reservnummer"]
Protection = Literal["none", "sekretessmarkering", "skyddad_folkbokforing"]
Letter = Literal["A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K", "L", "M"]

# Planted where a careless page would print them; they may reach no page, print or log.
CANARY_ADDRESS = "Kanariestigen 77, 981 99 Gulfjäder"
CANARY_RELATIVE = "Kajsa Kanariedotter"
CANARY_PHONE = "070-1740699"


@dataclass(frozen=True)
class Language:
    """What the person speaks, and whom to ring for an interpreter."""

    code: str
    label: str
    interpreter: bool
    interpreter_phone: str | None


@dataclass(frozen=True)
class Relative:
    """Somebody close to the person, and where to ring them."""

    name: str
    relation: str
    phone: str


@dataclass(frozen=True)
class Person:
    """One invented person. ``died_days_ago`` counts from the day the population is built."""

    letter: Letter
    number: str
    given_name: str
    family_name: str
    sex: Sex
    situation: str
    number_type: NumberType = "personnummer"
    linked_number: str | None = None
    linked_type: NumberType = "samordningsnummer"
    died_days_ago: int | None = None
    protection: Protection = "none"
    language: Language | None = None
    address: str | None = None
    phone: str | None = None
    relatives: tuple[Relative, ...] = field(default=())

    @property
    def name(self) -> str:
        """Given name first, as the banner shows it."""
        return f"{self.given_name} {self.family_name}"

    @property
    def born(self) -> date:
        """Birth date read from the number; a samordningsnummer adds 60 to the day."""
        year, month, day = int(self.number[:4]), int(self.number[4:6]), int(self.number[6:8])
        return date(year, month, day - 60 if day > 60 else day)

    def died(self, today: date) -> date | None:
        """Date of death, or None while alive."""
        return None if self.died_days_ago is None else today - timedelta(days=self.died_days_ago)


A = Person(
    "A",
    "193908139060",
    "Gunhild",
    "Myrberg",
    "female",
    "inlagd, utskrivningsklar",
    address="Skogsvägen 4, 981 31 Fjällvik",
    phone="070-1740605",
    relatives=(Relative("Stina Myrberg", "dotter", "070-1740606"),),
)
B = Person(
    "B",
    "198503172390",
    "Elof",
    "Tunnbäck",
    "male",
    "inget registrerat någonstans",
    address="Bäckgatan 9, 981 32 Fjällvik",
    phone="070-1740607",
)
C = Person(
    "C",
    "193405178967",
    "Ingeborg",
    "Vallsjö",
    "female",
    "medvetslös, inget samtycke registrerat",
    address="Sjövägen 21, 981 33 Fjällvik",
    phone="0980-319201",
    relatives=(Relative("Bo Vallsjö", "son", "070-1740608"),),
)
D = Person(
    "D",
    "194202269207",
    "Rut",
    "Avasund",
    "female",
    "demenssjukdom, kan varaktigt inte samtycka, bor på Tallgläntan",
    address="Tallgläntan, 981 34 Fjällvik",
    relatives=(Relative("Marit Avasund", "dotter", "070-1740609"),),
)
E = Person(
    "E",
    "199302072385",
    "Vera",
    "Lindtorp",
    "female",
    "sekretessmarkering",
    protection="sekretessmarkering",
    address=CANARY_ADDRESS,
    phone=CANARY_PHONE,
    relatives=(Relative(CANARY_RELATIVE, "syster", CANARY_PHONE),),
)
F = Person(
    "F",
    "201710032390",
    "Milo",
    "Gransjö",
    "male",
    "barn",
    address="Granvägen 2, 981 35 Fjällvik",
    relatives=(Relative("Elin Gransjö", "vårdnadshavare", "070-1740611"),),
)
G = Person(
    "G",
    "195803193258",
    "Torsten",
    "Hällmo",
    "male",
    "har nekat Hemsjukvården samtycke",
    address="Hällvägen 17, 981 36 Fjällvik",
    phone="070-1740612",
)
H = Person(
    "H",
    "197405269288",
    "Saga",
    "Ripberg",
    "female",
    "inre och yttre spärr på Psykiatri",
    address="Ripvägen 5, 981 37 Fjällvik",
    phone="070-1740613",
)
I = Person(  # noqa: E741 - the people are lettered
    "I",
    "199710232381",
    "Yara",
    "Solfjord",
    "female",
    "nyinflyttad från Nordliden, behöver tolk",
    linked_number="199602752389",
    language=Language("ti", "tigrinska", interpreter=True, interpreter_phone="08-46500412"),
    address="Solvägen 11, 981 38 Fjällvik",
    phone="070-1740614",
)
J = Person(
    "J",
    "194701222798",
    "Knut",
    "Hedvall",
    "male",
    "källorna säger emot varandra",
    address="Hedvägen 3, 981 39 Fjällvik",
    phone="070-1740615",
)
K = Person(
    "K",
    "195211231864",
    "Berta",
    "Långmyr",
    "female",
    "dialys, tusentals besök och värden",
    address="Myrvägen 40, 981 40 Fjällvik",
    phone="070-1740616",
)
L = Person(
    "L",
    "193604078455",
    "Valdemar",
    "Snöå",
    "male",
    "avliden, samtycken finns kvar",
    died_days_ago=3,
    address="Snövägen 8, 981 41 Fjällvik",
    relatives=(Relative("Ebba Snöå", "maka", "070-1740617"),),
)
M = Person(
    "M",
    "191212121212",
    "Tolvan",
    "Tolvansson",
    "male",
    "den som alla testar med först",
    address="Tolvgränd 12, 981 42 Fjällvik",
    phone="0980-319212",
)

PEOPLE: tuple[Person, ...] = (A, B, C, D, E, F, G, H, I, J, K, L, M)
BY_LETTER: dict[str, Person] = {person.letter: person for person in PEOPLE}
