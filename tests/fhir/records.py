"""Records of every kind, generated: all that a source may say, and some that it may not."""

from dataclasses import fields, replace
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any

from hypothesis import strategies as st

from connectors.base.kinds import (
    CareContact,
    CareLimitation,
    CarePlan,
    CaseEvent,
    Contact,
    ContactRole,
    Coordination,
    Diagnosis,
    HomeCare,
    Medication,
    MedicationChange,
    Prehospital,
    SocialService,
    Vaccination,
    Warning,  # noqa: A004
)
from connectors.base.records import Author, Coded, Phone, Record, Status, When
from consent.terms import SWEDISH_TIME, Origin
from consent.vocabulary import InformationType, Kind
from tests.aggregation.examples import HEMSJUKVARDEN, HEMTJANSTEN, MEDICIN
from tests.factories.permits import AKUTEN, TOLVAN

KINDS: dict[Kind, type[Record]] = {
    made.kind: made
    for made in (
        *(CareLimitation, Warning, Contact, Vaccination, SocialService, HomeCare),
        *(Coordination, CarePlan, CareContact, Prehospital, Diagnosis, Medication),
    )
}
WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Co", "Cn")), min_size=1, max_size=20
).map(str.strip).filter(bool)  # fmt: skip
TEXT = st.lists(WORDS, max_size=3, unique=True).map("\n".join)
MAYBE = st.one_of(st.just(""), WORDS)
DAYS = st.dates(date(1950, 1, 1), date(2026, 1, 1))
SYSTEMS = ["http://snomed.info/sct", "urn:oid:1.2.3", "", "no address"]
MOMENTS = st.datetimes(datetime(1950, 1, 1), datetime(2026, 1, 1)).map(
    lambda at: at.replace(tzinfo=SWEDISH_TIME, microsecond=0, fold=0).astimezone(UTC)
)
WHENS = st.one_of(
    DAYS.map(When.on),
    MOMENTS.map(When.of),
    st.sampled_from([When("i våras", is_doubtful=True), When("2015-03", date(2015, 3, 1), is_doubtful=True)]),
    st.just(When("3050-01-01", date(3050, 1, 1), is_doubtful=True)),
)
CODES = st.lists(
    st.builds(Coded, st.sampled_from(SYSTEMS), WORDS, MAYBE),
    max_size=2,
).map(tuple)
PHONES = st.lists(
    st.builds(Phone, st.just("0980-319210"), MAYBE, MAYBE, st.sampled_from(["", "day", "night"])), max_size=2
)
ORIGINS = st.builds(
    lambda unit, assumed: Origin(
        unit.provider, unit.hsa_id, unit.name, InformationType.DOCUMENTATION, None, None, assumed
    ),
    st.sampled_from([AKUTEN, MEDICIN, HEMSJUKVARDEN, HEMTJANSTEN]),
    st.booleans(),
)
EVENTS = st.lists(st.builds(CaseEvent, WHENS, MAYBE), max_size=3).map(tuple)
OF_FIELD: dict[str, Any] = {
    "id": WORDS,
    "source": st.sampled_from(["cosmic", "viva-hsl"]),
    "patient": st.just(TOLVAN),
    "origin": ORIGINS,
    "status": st.sampled_from([s for s in Status if s is not Status.IN_ERROR]),
    "author": st.builds(Author, MAYBE, MAYBE),
    "codes": CODES,
    "phones": PHONES.map(tuple),
    "events": EVENTS,
    "goals": st.lists(MAYBE, max_size=2).map(tuple),
    "activities": st.lists(MAYBE, max_size=2).map(tuple),
    "measures": st.just(()),
    "dose_number": st.one_of(st.none(), st.integers(-1, 20)),
    "change": st.one_of(st.none(), st.sampled_from(list(MedicationChange))),
    "value": st.one_of(st.just(""), st.sampled_from(["98", "37.2", "37,2", "120/80", "<0.5", "007"]), WORDS),
    "version": st.sampled_from(["", "3", "a b"]),
    "text": TEXT,
}
OF_TYPE = {"str": MAYBE, "bool": st.booleans(), "When | None": st.one_of(st.none(), WHENS)}


def _strategy(made: type[Record], name: str, default: Any, said: Any) -> Any:
    if name in OF_FIELD:
        return OF_FIELD[name]
    if isinstance(default, Enum):
        return st.sampled_from(list(type(default)))
    if default == "" or default is None:
        return OF_TYPE["str"] if default == "" else OF_TYPE["When | None"]
    if isinstance(default, bool):
        return st.booleans()
    return MAYBE


# What the other end reads back as it was: nothing doubtful, nothing that FHIR has no place for. ------------

EXACT = st.one_of(DAYS.map(When.on), MOMENTS.map(When.of))
ENDS = st.sampled_from([None, When.on(date(2090, 5, 1))])
AUTHORS = st.builds(Author, WORDS, MAYBE)
CODE = st.from_regex(r"[A-Z][0-9]{1,4}", fullmatch=True)
SENT = st.lists(st.builds(Coded, st.just("urn:oid:1.2.3"), CODE, MAYBE), max_size=2, unique=True).map(tuple)
YES = st.sampled_from([True])
LINE = st.one_of(st.just(""), WORDS)


def _carried(made: type[Record], same: dict[str, str] = {}, **given: Any) -> st.SearchStrategy[Record]:  # noqa: B006
    """``same``: fields that say what another one says."""
    shared = {
        "id": st.just("1"), "source": st.just("cosmic"), "patient": st.just(TOLVAN), "origin": ORIGINS,
        "status": st.sampled_from([Status.ACTIVE, Status.ENDED]), "title": WORDS, "text": LINE,
        "author": AUTHORS, "start": EXACT, "codes": SENT,
    }  # fmt: skip
    built = st.builds(made, **{**shared, **given})
    return built.map(lambda r: replace(r, **{name: getattr(r, other) for name, other in same.items()}))


CARRIED: dict[str, st.SearchStrategy[Record]] = {
    "diagnosis": _carried(
        Diagnosis, recorded=EXACT, is_main=st.booleans(),
        status=st.sampled_from([Status.ACTIVE, Status.ENDED, Status.CANCELLED, Status.UNKNOWN]),
    ),
    "allergy": _carried(
        Warning, {"substance": "title"}, recorded=EXACT,
        severity=st.sampled_from(["", "hög risk", "svår", "hög risk, svår", "låg risk, lindrig"]),
        certainty=st.sampled_from(["", "bekräftad", "trolig"]), category=st.sampled_from(["", "läkemedel"]),
    ),
    "alert": _carried(Warning, {"text": "title"}, category=MAYBE, end=ENDS),
    "medication": _carried(
        Medication, dose=LINE, recorded=EXACT, end=ENDS,
        status=st.sampled_from([Status.ACTIVE, Status.PLANNED, Status.ENDED, Status.UNKNOWN]),
    ),
    "dose": _carried(
        Vaccination, {"product": "title", "given": "start"}, batch=LINE, is_covid=st.booleans(),
        dose_number=st.one_of(st.none(), st.integers(1, 9)), recorded=EXACT, status=st.just(Status.ENDED),
    ),
    "infection": _carried(
        Vaccination, is_covid=YES, is_infection=YES, is_confirmed=st.booleans(),
        codes=st.just(()),
    ),
    "limitation": _carried(
        CareLimitation, {"text": "title", "decided": "start", "recorded": "start"}, end=ENDS,
        status=st.sampled_from([Status.ACTIVE, Status.PLANNED, Status.ENDED, Status.CANCELLED]),
        codes=st.sampled_from([(), (Coded("http://snomed.info/sct", "61921000052102", "Ej HLR"),)]),
    ),
    "plan": _carried(
        CarePlan, plan_kind=WORDS, recorded=EXACT, end=ENDS,
        status=st.sampled_from([Status.ACTIVE, Status.PLANNED, Status.ENDED, Status.CANCELLED]),
    ),
    "value": _carried(
        Prehospital, value=st.sampled_from(["98", "37.2", "120/80 liggande"]), device=LINE,
        status=st.sampled_from([Status.ACTIVE, Status.ENDED, Status.CANCELLED]),
    ),
    "contact": _carried(
        Contact, role=st.sampled_from([r for r in ContactRole if r is not ContactRole.RELATIVE]), name=WORDS,
        phones=st.sampled_from([(), (Phone("0980-319210"),)]), codes=st.just(()), end=ENDS,
        author=st.just(Author()),
    ),
    "relative": _carried(
        Contact, {"relation": "title"}, role=st.just(ContactRole.RELATIVE), name=WORDS, text=st.just(""),
        phones=st.sampled_from([(), (Phone("070-1740605"),)]), codes=st.just(()), author=st.just(Author()),
    ),
}  # fmt: skip


def records(made: type[Record], **given: Any) -> st.SearchStrategy[Record]:
    """``given``: strategies for some of its fields, instead of everything that may stand there."""
    chosen = {f.name: _strategy(made, f.name, f.default, f.type) for f in fields(made)}
    return st.builds(made, **{**chosen, **given})


def any_record() -> st.SearchStrategy[Record]:
    return st.one_of(*(records(made) for made in KINDS.values()))
