"""The open interface, version 1, declared once: fields and types, of the words in ``vocabulary``.

Mapping, checking, the JSON Schema, the samples and the public page are all made from what stands here. The
same flat record travels in every transport; in a table its fields are columns, written with dots.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from connectors.base.contract import Words
from connectors.openfeed.vocabulary import LAWS, MEASURES, PATIENT_TYPES, ROLES, SERVICES, STATUSES

VERSION = 1
MAX_RECORDS = 500
MAX_RECORD_BYTES = 64 * 1024
# A day, or a moment; a moment without zone is Swedish.
WHEN_PATTERN = r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}([.,]\d{1,6})?)?(Z|[+-]\d{2}:?\d{2})?)?"
SHORT, MEDIUM, LONG = 200, 500, 20_000


class Shape(StrEnum):
    """What may stand in a field. WHEN: a day or a moment; NUMBER: a number or a text; LIST: texts."""

    TEXT = "text"
    WHEN = "when"
    INTEGER = "integer"
    NUMBER = "number"
    FLAG = "flag"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the record, by its dotted name.

    words: values that may stand there. is_open: others may stand there too. may_lie_ahead: a time to come is
    no mistake.
    """

    name: str
    meaning: Words
    shape: Shape = Shape.TEXT
    example: str = ""
    is_required: bool = False
    words: Mapping[str, Words] = field(default_factory=dict)
    is_open: bool = False
    longest: int = MEDIUM
    may_lie_ahead: bool = False


def _only_words(pairs: Mapping[str, tuple[object, Words]]) -> dict[str, Words]:
    return {value: words for value, (_meant, words) in pairs.items()}


_WHEN = Shape.WHEN
COMMON: tuple[Field, ...] = (
    Field("v", _("Kontraktets version. Utelämnad betyder 1."), Shape.INTEGER, "1"),
    Field("id", _("Er egen beteckning, samma så länge posten finns. Inget personnummer."),
          example="insats-4711", is_required=True, longest=SHORT),
    Field("type", _("Vad posten handlar om."), example="service", is_required=True, longest=SHORT),
    Field("patient", _("Personens nummer, tolv tecken."), is_required=True, longest=32),
    Field("patient_type", _("Slag av nummer. Utelämnat: avgörs av numret."), example="pnr",
          words=_only_words(PATIENT_TYPES)),
    Field("status", _("Hur det står till med posten."), example="active", is_required=True,
          words=_only_words(STATUSES)),
    Field("title", _("En rad som läsaren ser först."), example="Hemtjänst", is_required=True, longest=300),
    Field("text", _("Det som behöver sägas, ordagrant som det visas."), example="Hjälp med dusch och mat",
          longest=LONG),
    Field("start", _("Gäller från."), _WHEN, "2026-01-02", may_lie_ahead=True),
    Field("end", _("Gäller till. Tomt: tills vidare."), _WHEN, may_lie_ahead=True),
    Field("updated", _("När posten senast ändrades hos er. Avgör vilken av två som gäller."), _WHEN,
          "2026-01-10T08:00:00+01:00", is_required=True),
    Field("law", _("Lagen som uppgiften hör till."), example="sol", is_required=True, words=LAWS),
    Field("unit.provider", _("Vårdgivarens eller omsorgsgivarens HSA-id."), example="SE5560000001-X001",
          is_required=True, longest=64),
    Field("unit.provider_name", _("Vårdgivarens eller omsorgsgivarens namn."), example="Exempelomsorg AB"),
    Field("unit.unit", _("Enhetens HSA-id."), example="SE5560000001-X0E1", is_required=True, longest=64),
    Field("unit.name", _("Enhetens namn."), example="Hemtjänsten Exempelby"),
    Field("unit.phone", _("Telefon till enheten."), example="0980-319299", longest=SHORT),
    Field("author.name", _("Vem som skrev."), example="Ylva Exempelsson"),
    Field("author.role", _("Skribentens roll."), example="samordnare"),
    Field("code.system", _("Kodverkets adress eller OID."), longest=SHORT),
    Field("code.code", _("Koden."), longest=SHORT),
    Field("code.display", _("Kodens text.")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class RecordType:
    """One type: its label, and which fields ``data`` may hold. All of those are optional."""

    name: str
    label: Words
    data: tuple[Field, ...] = ()


def _data(name: str, meaning: Words, shape: Shape = Shape.TEXT, example: str = "", **more: object) -> Field:
    return Field(f"data.{name}", meaning, shape, example, **more)  # type: ignore[arg-type]


_TARGET = _data("target", _("Mot vad: covid-19 eller annat."), example="covid-19")
_WARNING = (
    _data("kind", _("Slag av varning."), example="smitta"),
    _data("severity", _("Allvarlighetsgrad."), example="allvarlig"),
    _data("certainty", _("Visshetsgrad."), example="bekräftad"),
    _data("substance", _("Ämnet."), example="Penicillin"),
)
RECORD_TYPES: Mapping[str, RecordType] = {
    one.name: one
    for one in (
        RecordType("care_limitation", _("Vårdbegränsning"), (
            _data("class", _("Slag av begränsning."), example="no_cpr", words=_only_words(MEASURES)),
            _data("decided_by", _("Vem som beslutade."), example="Ylva Exempelsson"),
            _data("decided_on", _("När det beslutades."), _WHEN, "2026-01-02"),
        )),
        RecordType("care_plan", _("Vårdplan eller SIP"), (
            _data("kind", _("sip för samordnad individuell plan, krisplan, eller ert eget namn."),
                  example="sip"),
            _data("participants", _("Vilka som deltar."), Shape.LIST, "Hemsjukvården"),
            _data("url", _("Adress till planen.")),
        )),
        RecordType("service", _("Insats"), (
            _data("kind", _("Slag av insats."), example="home_service", words=SERVICES),
            _data("extent", _("Omfattning."), example="4 gånger per dag"),
            _data("housing", _("Boendets namn, om insatsen är ett boende.")),
        )),
        RecordType("enrolment", _("Inskrivning"), (
            _data("kind", _("Slag av inskrivning."), example="home_care", is_open=True, words={
                "home_care": _("hemsjukvård"), "nursing_home": _("särskilt boende"),
                "vobo": _("vård- och omsorgsboende"),
            }),
        )),
        RecordType("vaccination", _("Vaccination"), (
            _TARGET,
            _data("product", _("Vaccinets namn."), example="Comirnaty"),
            _data("dose", _("Dosens nummer."), Shape.INTEGER, "5"),
            _data("batch", _("Batchnummer.")),
        )),
        RecordType("infection", _("Genomgången infektion"), (
            _TARGET,
            _data("confirmed", _("Bekräftad med prov."), Shape.FLAG, "true"),
        )),
        RecordType("contact", _("Kontakt"), (
            _data("role", _("Kontaktens roll."), example="omsorgskontakt", is_open=True,
                  words=_only_words(ROLES)),
            _data("name", _("Kontaktens namn."), example="Ylva Exempelsson"),
            _data("relation", _("Bara för närstående: dotter, granne, god man.")),
            _data("phone", _("Telefon."), example="0980-319298", longest=SHORT),
            _data("hours", _("När någon svarar."), example="vardagar 8–16"),
        )),
        RecordType("alert", _("Varning"), _WARNING),
        RecordType("allergy", _("Överkänslighet"), _WARNING),
        RecordType("medication", _("Läkemedel"), (
            _data("atc", _("ATC-kod."), example="N02BE01"),
            _data("dose_text", _("Dosering i ord."), example="1 tablett morgon"),
            _data("prn", _("Vid behov."), Shape.FLAG, "false"),
        )),
        RecordType("observation", _("Mätvärde"), (
            _data("value", _("Värdet."), Shape.NUMBER, "112"),
            _data("unit", _("Enheten."), example="slag/min"),
            _data("at", _("När det mättes."), _WHEN, "2026-01-10T07:30:00+01:00"),
            _data("device", _("Mätt med.")),
        )),
        RecordType("note", _("Anteckning"), (
            _data("kind", _("Slag av anteckning.")),
            _data("url", _("Adress till anteckningen.")),
        )),
        RecordType("encounter", _("Besök eller vårdtillfälle"), (
            _data("kind", _("Slag av kontakt."), example="inpatient", is_open=True, words={
                "visit": _("besök"), "inpatient": _("inskriven"), "prehospital": _("ambulansuppdrag"),
            }),
            _data("state", _("Läge, med era ord.")),
            _data("reason", _("Orsak."), example="Andnöd"),
        )),
    )
}  # fmt: skip

MANDATORY: tuple[str, ...] = tuple(one.name for one in COMMON if one.is_required)
# What a withdrawal has to say: which record, whose, and since when it does not hold.
MANDATORY_WITHDRAWN: tuple[str, ...] = ("id", "type", "patient", "status", "updated", "unit.provider")


def fields_of(type_name: str) -> Iterator[Field]:
    """Every declared field of a record of this type; of an unknown type the common ones."""
    yield from COMMON
    if type_name in RECORD_TYPES:
        yield from RECORD_TYPES[type_name].data


def every_field() -> dict[str, Field]:
    """All fields by name, as the columns of a table. Where types share a key, what holds for each is looked
    up with ``fields_of``."""
    found = {one.name: one for one in COMMON}
    for record_type in RECORD_TYPES.values():
        for one in record_type.data:
            found.setdefault(one.name, one)
    return found
