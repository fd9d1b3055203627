"""The small readings: dates, identifiers, references, who may be admitted, what a bundle holds."""

import asyncio
from copy import deepcopy
from datetime import date, timedelta

import pytest
import time_machine

from connectors.base import dates
from connectors.base.contract import Fault, SourceFault
from connectors.base.dates import documented, has_passed, today
from connectors.base.dates import read_when as read_when_or_none
from connectors.base.numbers import PERSON_SYSTEMS
from connectors.fhir.admission import admit, has_modifier, is_protected
from connectors.fhir.bundle import read_page
from connectors.fhir.elements import Unreadable, codes, human_name, labels, words
from connectors.fhir.identifiers import hsa_id, person_ids, search_tokens
from connectors.fhir.references import Directory, local_name
from connectors.fhir.search import Search
from connectors.fhir.staff import position_of
from consent.terms import PersonId
from consent.vocabulary import IdType
from tests.factories.permits import permit_for
from tests.faults.systems import System
from tests.faults.test_foreign import InMemory

TOLVAN = PersonId("191212121212")
TODAY = date.today()


# Dates.


def read_when(value, *, may_lie_ahead=False):
    when = read_when_or_none(value, may_lie_ahead=may_lie_ahead)
    assert when is not None
    return when


@pytest.mark.parametrize(
    ("text", "day", "is_doubtful"),
    [
        ("2026-01-14", date(2026, 1, 14), False),
        ("2026-01", date(2026, 1, 1), True),
        ("2015", date(2015, 1, 1), True),
        ("2026-01-14T23:30:00Z", date(2026, 1, 15), False),
        ("2026-01-14T10:00:00+01:00", date(2026, 1, 14), False),
        ("2026-01-14T10:00:00", date(2026, 1, 14), True),
        ("2026-02-30", None, True),
        ("2026-13-01", None, True),
        ("0001-01-01", date(1, 1, 1), True),
        ("0001-01-01T00:00:00Z", date(1, 1, 1), True),
        ("igår", None, True),
        ("9999-12-31", date(9999, 12, 31), True),
    ],
)
def test_dates_are_kept_verbatim_and_doubted_where_they_must(text, day, is_doubtful):
    when = read_when(text)
    assert (when.verbatim, when.day, when.is_doubtful) == (text, day, is_doubtful)


@pytest.mark.parametrize("text", ["191212121212", "19121212-1212", "Tolvan Tolvansson", "1912-12-12 Tolvan"])
def test_only_days_and_moments_are_remembered(text):
    """Between readings nothing is kept that could be anybody's name or number."""
    read_when("2026-01-14"), read_when("2026-01-14T10:00:00+01:00")
    before = dates._remember.cache_info()
    assert read_when(text).verbatim == text
    assert read_when("2026-01-14") is read_when(" 2026-01-14 ")
    after = dates._remember.cache_info()
    assert (after.currsize, after.hits) == (before.currsize, before.hits + 2)


def test_a_remembered_day_is_judged_by_the_day_it_is_read_on():
    with time_machine.travel("2026-03-11T22:59:59Z", tick=False):
        assert today() == date(2026, 3, 11)
        assert read_when("2026-03-13").is_doubtful
    with time_machine.travel("2026-03-11T23:00:00Z", tick=False):
        assert today() == date(2026, 3, 12)
        assert not read_when("2026-03-13").is_doubtful


def test_future_is_doubtful_unless_it_is_planned():
    ahead = (TODAY + timedelta(days=30)).isoformat()
    assert read_when(ahead).is_doubtful
    assert not read_when(ahead, may_lie_ahead=True).is_doubtful
    assert not read_when(TODAY.isoformat()).is_doubtful


@pytest.mark.parametrize("text", ["2026-03-29T02:30:00+01:00", "2026-10-25T02:30:00+02:00", "2024-02-29"])
def test_awkward_days_are_read(text):
    assert not read_when(text).is_doubtful


def test_nothing_gives_nothing_and_rubbish_is_unreadable():
    assert read_when_or_none(None) is None
    assert read_when_or_none("  ") is None
    with pytest.raises(ValueError, match="date"):
        read_when(5)


def test_last_day_is_not_over_before_it_has_passed():
    assert not has_passed(read_when(TODAY.isoformat(), may_lie_ahead=True))
    assert has_passed(read_when((TODAY - timedelta(days=2)).isoformat()))
    assert not has_passed(read_when("2015"))


def test_doubtful_dates_document_nothing():
    assert documented(read_when("2015")) is None
    assert str(documented(read_when("2026-01-14"))) == "2026-01-14 12:00:00+01:00"


# Identifiers.


@pytest.mark.parametrize("type_", IdType)
def test_every_spelling_of_a_system_is_understood(type_):
    number = {"personnummer": "191212121212", "samordningsnummer": "199602752389"}.get(type_, "98240301AA06")
    for system in PERSON_SYSTEMS[type_]:
        assert person_ids([{"system": system, "value": number}]) == (PersonId(number, type_),)


@pytest.mark.parametrize("value", ["19121212-1212", "19121212 1212", "191212121212"])
def test_separators_do_not_matter(value):
    assert person_ids([{"system": PERSON_SYSTEMS[IdType.PERSONNUMMER][0], "value": value}]) == (TOLVAN,)


@pytest.mark.parametrize("system", [
    "urn:oid:1.2.3", "", "http://electronichealth.se/identifier/LMA-nummer",
    "urn:oid:1.2.752.129.2.1.2.1", "urn:oid:1.2.752.97.3.1.3",
])  # fmt: skip
def test_foreign_and_local_identifiers_are_passed_over_beside_the_one_that_counts(system):
    """The register knows neither LMA numbers nor a region's own: they find nobody and are nobody else's."""
    other, own = {"system": system, "value": "198001019876"}, {"value": "191212121212"}
    assert person_ids([other]) == ()
    own["system"] = PERSON_SYSTEMS[IdType.PERSONNUMMER][0]
    assert person_ids([other, own]) == (TOLVAN,)


def test_coordination_number_under_the_wrong_system_is_told_by_its_day():
    system = PERSON_SYSTEMS[IdType.PERSONNUMMER][0]
    (person,) = person_ids([{"system": system, "value": "199602752389"}])
    assert person.type is IdType.SAMORDNINGSNUMMER


@pytest.mark.parametrize("system", ["urn:oid:1.2.752.29.4.19", "urn:oid:1.2.752.129.2.1.4.1"])
def test_both_spellings_of_hsa_id(system):
    assert hsa_id({"system": system, "value": "se2321000016-r001"}) == "SE2321000016-R001"
    assert hsa_id({"system": system, "value": "Akuten"}) == ""


@pytest.mark.parametrize("system", PERSON_SYSTEMS[IdType.RESERVNUMMER])
def test_reserve_numbers_keep_their_letters_both_ways(system):
    person = PersonId("98240301AA06", IdType.RESERVNUMMER)
    assert person_ids({"system": system, "value": "98240301-aa06"}) == (person,)
    assert f"{system}|98240301AA06" in search_tokens(person)


@pytest.mark.parametrize("oid", ["1.2.752.129.2.2.1.4", "1.2.759.129.2.2.1.4"])
def test_both_spellings_of_the_list_of_positions(oid):
    coding = {"system": f"urn:oid:{oid}", "code": "201010", "display": "Överläkare"}
    role = {"resourceType": "PractitionerRole", "code": [{"coding": [coding]}]}
    practitioner = {"resourceType": "Practitioner", "qualification": [{"code": {"coding": [coding]}}]}
    assert (position_of(role), position_of(practitioner), position_of({})) == ("Överläkare", "Överläkare", "")


def test_other_lists_name_no_position():
    other = {"system": "http://terminology.hl7.org/CodeSystem/v2-0360", "code": "MD", "display": "Doctor"}
    assert position_of({"qualification": [{"code": {"coding": [other]}}]}) == ""


def test_search_is_built_with_every_spelling_and_no_number_in_the_path():
    path, form = Search("Patient", {"identifier": ",".join(search_tokens(TOLVAN))}).construct()
    assert path == "Patient/_search"
    ((name, value),) = form
    assert name == "identifier"
    assert value.split(",") == [f"{system}|191212121212" for system in PERSON_SYSTEMS[IdType.PERSONNUMMER]]


# References.


def test_references_are_found_by_every_name():
    directory = Directory()
    directory.add({"resourceType": "Organization", "id": "o1"}, "urn:uuid:1")
    directory.add({"resourceType": "Organization", "id": "o2"}, "https://x.invalid/fhir/Organization/o2")
    within = {"contained": [{"resourceType": "Practitioner", "id": "p"}]}
    for reference, wanted in [
        ("urn:uuid:1", "o1"),
        ("Organization/o1", "o1"),
        ("https://x.invalid/fhir/Organization/o2", "o2"),
        ("https://y.invalid/Organization/o2/_history/3", "o2"),
        ("#p", "p"),
    ]:
        assert directory.find({"reference": reference}, within).get("id") == wanted
    assert directory.find({"reference": "#q"}, within) == {}
    assert directory.find({"display": "bara ord"}, within) == {}


@pytest.mark.parametrize("target", ["Patient?identifier=x|1", "urn", ""])
def test_what_is_no_local_name(target):
    assert local_name(target) == ""


# Admission.

ASKED = {"Patient/p1": TOLVAN, "urn:uuid:p1": TOLVAN}


@pytest.mark.parametrize(
    "subject",
    [
        {"reference": "Patient/p1"},
        {"reference": "https://x.invalid/fhir/Patient/p1"},
        {"reference": "urn:uuid:p1"},
        {"reference": "Patient/p1/_history/2"},
        {"identifier": {"system": PERSON_SYSTEMS[IdType.PERSONNUMMER][1], "value": "19121212-1212"}},
    ],
)
def test_right_patient_is_admitted(subject):
    assert admit({"resourceType": "Flag", "subject": subject}, ASKED) == TOLVAN


@pytest.mark.parametrize(
    "subject",
    [
        {"reference": "Patient/p2"},
        {"reference": "Group/p1"},
        {"reference": "Patient/p11"},
        {"reference": "urn:uuid:p2"},
        {"reference": "Patient?identifier=x|191212121212"},
        {"identifier": {"system": PERSON_SYSTEMS[IdType.PERSONNUMMER][0], "value": "189002149806"}},
        {
            "reference": "Patient/p1",
            "identifier": {"system": PERSON_SYSTEMS[IdType.PERSONNUMMER][0], "value": "189002149806"},
        },
    ],
)
def test_wrong_patient_quarantines(subject):
    with pytest.raises(SourceFault) as caught:
        admit({"resourceType": "Flag", "subject": subject}, ASKED)
    assert caught.value.fault is Fault.FOREIGN_PATIENT


@pytest.mark.parametrize(
    "subject", [None, {}, {"display": "Tolvan"}, {"identifier": {"value": "1"}}, "Patient/p1"]
)
def test_nobody_named_is_unreadable(subject):
    with pytest.raises(Unreadable):
        admit({"resourceType": "Flag", "subject": subject}, ASKED)


def of_tolvan(**fields):
    return {"resourceType": "Condition", "subject": {"reference": "Patient/p1"}, **fields}


def test_nullified_is_nothing_even_with_a_modifier():
    in_error = {"coding": [{"code": "entered-in-error"}]}
    assert admit(of_tolvan(status="entered-in-error"), ASKED) is None
    assert admit(of_tolvan(verificationStatus=in_error, modifierExtension=[{"url": "x"}]), ASKED) is None


@pytest.mark.parametrize("meta", ["x", ["x"], {"security": "x"}, {"security": [{"code": 5}]}])
def test_a_label_of_protection_that_cannot_be_read_is_not_taken_for_none(meta):
    with pytest.raises(SourceFault) as fault:
        is_protected([{"resourceType": "Patient", "meta": meta}])
    assert fault.value.fault is Fault.FORMAT
    assert not is_protected([{"resourceType": "Patient"}])


@pytest.mark.parametrize(
    "fields",
    [{"modifierExtension": [{"url": "x"}]}, {"code": {"coding": [{"modifierExtension": [{"url": "x"}]}]}}],
)
def test_unknown_modifier_is_unreadable_at_any_depth(fields):
    assert has_modifier(fields)
    with pytest.raises(Unreadable):
        admit(of_tolvan(**fields), ASKED)


# Bundles.


def bundle(*entries, **more):
    return {"resourceType": "Bundle", "type": "searchset", "entry": list(entries), **more}


def test_bad_entries_are_counted():
    good = {"resource": {"resourceType": "Flag", "id": "1"}}
    page = read_page(bundle(good, {}, None, "x", {"resource": []}, {"resource": {"id": "2"}}), "Flag")
    assert (len(page.matches), page.unparsed) == (1, 5)


def test_included_resources_are_no_matches():
    included = {"resource": {"resourceType": "Flag", "id": "1"}, "search": {"mode": "include"}}
    other = {"resource": {"resourceType": "Organization", "id": "2"}}
    page = read_page(bundle(included, other), "Flag")
    assert (page.matches, len(page.others)) == ((), 2)


@pytest.mark.parametrize(
    "reply",
    [
        {},
        {"resourceType": "Flag"},
        {"resourceType": "Bundle", "type": "document"},
        bundle(link="x"),
        {"resourceType": "Bundle", "type": "searchset", "entry": {}},
    ],
)
def test_what_is_no_searchset_is_a_format_fault(reply):
    with pytest.raises(SourceFault) as caught:
        read_page(reply, "Flag")
    assert caught.value.fault is Fault.FORMAT


def test_outcome_instead_of_a_bundle_is_reported_even_as_a_warning():
    with pytest.raises(SourceFault) as caught:
        read_page({"resourceType": "OperationOutcome", "issue": [{"severity": "warning"}]}, "Flag")
    assert caught.value.fault is Fault.REPORTED


# Words.


def test_words_prefer_text_then_display_then_code():
    assert words({"text": "a", "coding": [{"display": "b", "code": "c"}]}) == "a"
    assert words({"coding": [{"code": "c"}, {"display": "b"}]}) == "b"
    assert words({"coding": [{"code": "c"}]}) == "c"
    assert labels([{"coding": [{"code": "A2"}]}, {"text": "Behandling"}]) == "Behandling"


def test_names():
    assert (
        human_name(
            [{"use": "nickname", "text": "T"}, {"use": "official", "given": ["A", "B"], "family": "C"}]
        )
        == "A B C"
    )


@pytest.mark.parametrize("concept", [5, "x", {"coding": "x"}, {"coding": [{"code": 5}]}])
def test_impossible_shapes_are_unreadable(concept):
    with pytest.raises(Unreadable):
        codes(concept)


def test_names_in_any_order_stay_in_the_order_they_came_in():
    names = [{"use": "usual", "text": "Tolle"}, {"use": "official", "text": "Tolvan"}]
    came = deepcopy(names)
    assert human_name(names) == "Tolvan"
    assert names == came


@pytest.mark.parametrize("slug", ["cosmic", "mobimed", "cosmiclink", "ips"])
def test_reading_leaves_what_was_sent_as_it_is(slug):
    """The same reply is read for several kinds: what one mapping changed, the next would be told."""
    heard = []

    class Watched(InMemory):
        async def _send(self, request, credentials):
            reply = await super()._send(request, credentials)
            heard.append((reply, deepcopy(reply)))
            return reply

    system = System(slug, slug, slug)
    profile = system.profile("http://127.0.0.1:1", 10.0)
    transport = Watched(profile.base_url, authentication=system.connector_class.authenticate(profile))
    transport.answer = system.scenarios.found
    connector = system.connector_class(profile, transport)
    assert asyncio.run(connector.fetch(permit_for(system.scenarios.patient), profile.kinds)).records
    assert all(reply == came for reply, came in heard)
