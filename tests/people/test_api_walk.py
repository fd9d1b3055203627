"""From search to records, as a record system does it for its user with one of the demo's people."""

import time
from typing import TYPE_CHECKING, Any

import pytest
from django.core.cache import cache

from consent import dossiers
from consent.accesslog.model import AccessEvent
from consent.terms import PersonId
from consent.vocabulary import Kind
from demo.people import BY_LETTER
from portal.accounts.models import Assignment
from portal.api.scopes import Scope
from tests.api.systems import System, system_for
from tests.people.worlds import _django_db_helper, module_people, people, unhurried
from tests.walking import Reader

if TYPE_CHECKING:
    from demo.seed import Addresses

__all__ = ["_django_db_helper", "module_people", "people"]

pytestmark = [pytest.mark.demo, pytest.mark.network, pytest.mark.django_db]
INGEBORG, GUNHILD, VERA, BERTA = (BY_LETTER[letter].number for letter in "CAEK")


@pytest.fixture(autouse=True)
def _unhurried(people: "Addresses") -> Any:
    cache.clear()
    with unhurried():
        yield


def assignment_of(persona: str) -> Assignment:
    found = Assignment.objects.filter(user__username=persona).order_by("pk").first()
    assert found is not None
    return found


def at_work(persona: str, number: str = "", scopes: Any = tuple(Scope)) -> System:
    cache.clear()
    system = system_for(assignment_of(persona), scopes)
    if number:
        assert system.search(number).status == 200
    return system


def button(answer: Any, kind: str) -> Any:
    return next(each for each in answer.json["buttons"] if each["kind"] == kind)


def test_the_overview_is_the_pages() -> None:
    system = at_work("akuten", INGEBORG)
    answer = system.about("overview")
    assert answer.status == 200, answer.body
    assert answer.headers["Cache-Control"] == "no-store"
    said = answer.json
    assert [each["kind"] for each in said["buttons"]] == [kind.value for kind in Kind]
    reader = Reader().sign_in("akuten")
    reader.search(INGEBORG)
    page = reader.overview()
    assert {each["kind"]: each["state"] for each in said["buttons"]} == page.states
    assert said["patient"]["name"] == "Vallsjö, Ingeborg"


def test_unknown_and_withheld_are_never_nothing() -> None:
    system = at_work("akuten", INGEBORG)
    services = button(system.about("overview"), "social_service")
    assert (services["state"], services["answer"], services["count"]) == ("consent", "withheld", None)


def test_the_log_says_what_a_page_says_and_through_which_system() -> None:
    system = at_work("akuten", GUNHILD)
    before = AccessEvent.objects.order_by("-seq").values_list("seq", flat=True)[0]
    answer = system.about("overview")
    rows = list(AccessEvent.objects.filter(seq__gt=before).order_by("seq"))
    assert {row.event for row in rows} == {"intent", "shown"}
    assert {row.action for row in rows} == {"overview"}
    assert {row.detail["client"] for row in rows} == {system.client.pk}
    shown = [row for row in rows if row.event == "shown"]
    told = {each["kind"] for each in answer.json["buttons"] if each["answer"] == "records"}
    assert told == set(shown[-1].detail["counts"])


def test_records_are_words_of_the_source_with_whose_they_are() -> None:
    system = at_work("akuten", INGEBORG)
    assert system.act("choose_units", units=["*"]).json == {"recorded": "choose_units"}
    answer = system.about("records/care_limitation")
    said = answer.json
    assert (answer.status, said["total"], said["next"]) == (200, 1, None)
    record = said["records"][0]
    assert "Ej HLR. Ställningstagande" in record["text"]
    assert record["origin"]["owner"]["name"] == "Region Fjäll"
    assert "measures" in record["data"]
    assert INGEBORG not in answer.body.decode()


def test_a_long_list_comes_in_pages_and_each_is_a_view() -> None:
    system = at_work("akuten", BERTA)
    system.act("choose_units", units=["*"])
    first = system.about("records/care_contact").json
    assert first["total"] > 100
    assert len(first["records"]) == 100
    second = system.about(f"records/care_contact?cursor={first['next']}").json
    ids = [{(r["source"], r["id"]) for r in page["records"]} for page in (first, second)]
    assert not ids[0] & ids[1]
    row = AccessEvent.objects.filter(event="shown").latest("seq")
    assert row.detail["counts"] == {"care_contact": len(second["records"])}


@pytest.mark.parametrize("cursor", ["x", "2", "a" * 300, "'"])
def test_what_is_no_cursor_is_refused(cursor: str) -> None:
    answer = at_work("akuten", INGEBORG).about(f"records/warning?cursor={cursor}")
    assert (answer.status, answer.code) == (422, "invalid")


def test_a_cursor_of_another_list_is_none() -> None:
    system = at_work("akuten", BERTA)
    system.act("choose_units", units=["*"])
    cursor = system.about("records/care_contact").json["next"]
    assert system.about(f"records/prehospital?cursor={cursor}").code == "invalid"


def test_only_the_sources_that_feed_it_are_asked() -> None:
    system = at_work("akuten", INGEBORG)
    system.about("records/medication")
    row = AccessEvent.objects.filter(event="intent").latest("seq")
    assert "mobimed" not in row.outcomes
    assert row.kinds == ["medication"]


def test_a_kind_nobody_knows_is_not_found() -> None:
    assert at_work("akuten", INGEBORG).about("records/lottery").code == "not_found"


def test_sources_say_how_each_did_and_nothing_of_what_it_said() -> None:
    answer = at_work("akuten", GUNHILD).about("sources")
    assert {line["state"] for line in answer.json["sources"]} <= {"ok", "copy", "part", "refused"}
    assert "penicillin" not in answer.body.decode().lower()


# Handles. -------------------------------------------------------------------------------------------


def test_a_handle_opens_for_nobody_else() -> None:
    mine = at_work("akuten", INGEBORG)
    colleague = at_work("distrikt")
    colleague.handle = mine.handle
    assert colleague.about("overview").code == "not_found"
    same_user_elsewhere = at_work("akuten")
    same_user_elsewhere.handle = mine.handle
    assert same_user_elsewhere.about("overview").code == "not_found"
    reader = Reader().sign_in("akuten")
    assert reader.get(f"/p/{mine.handle}/").status == 404
    assert reader.get(f"/api/v1/patients/{mine.handle}/overview").status == 404


def test_a_handle_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    system = at_work("akuten", INGEBORG)
    assert system.about("access").status == 200
    monkeypatch.setattr("portal.api.acting.HANDLE_WINDOW_S", 1)
    assert system.about("access").code == "not_found"


def test_the_patient_is_not_in_the_address_nor_anywhere_in_the_answer_to_a_search() -> None:
    system = at_work("akuten")
    answer = system.search(INGEBORG)
    assert INGEBORG not in answer.body.decode() + str(answer.headers)
    unknown = system.search("189208029802")
    assert (answer.status, len(answer.body)) == (unknown.status, len(unknown.body))


# The access step. -----------------------------------------------------------------------------------


def test_the_access_step_says_what_holds_and_what_may_be_recorded() -> None:
    said = at_work("akuten", INGEBORG).about("access").json
    assert said["relation"] == "present"
    assert {"give_consent", "declare_emergency", "choose_units"} <= set(said["offered"])
    assert said["existence"] in ("present", "missing", "unknown", "unasked")
    assert said["emergency_names"] is None


def test_an_emergency_in_two_steps_opens_health_data_and_no_social_care() -> None:
    system = at_work("akuten", INGEBORG)
    assert system.act("declare_emergency", obstacle="unconscious").status == 200
    names = system.about("access").json["emergency_names"]
    assert "Fjällviks kommun, Vård" in names["openable"]
    assert not [name for name in (*names["openable"], *names["blocked"]) if "Omsorg" in name]
    assert system.act("open_emergency").status == 200
    overview = system.about("overview")
    assert button(overview, "home_care")["answer"] == "records"
    assert button(overview, "social_service")["answer"] == "withheld"


def test_an_emergency_wants_a_proof_of_the_last_hour() -> None:
    system = at_work("akuten", INGEBORG)
    system.claims = {"auth_time": int(time.time()) - 3700}
    answer = system.act("declare_emergency", obstacle="unconscious")
    assert (answer.status, answer.code) == (403, "prove_again")
    assert system.about("access").json["emergency_names"] is None


def test_inability_in_two_steps() -> None:
    system = at_work("akuten", BY_LETTER["D"].number)
    assert system.act("record_inability").status == 200
    assert system.about("access").json["inability_names"]
    said = dict.fromkeys(("is_needed", "is_attitude_clarified"), True)
    half = system.act("assert_inability", **said, is_no_objection_known=False)
    assert (half.status, half.code) == (409, "not_now")
    assert system.act("assert_inability", **said, is_no_objection_known=True).status == 200
    assert button(system.about("overview"), "home_care")["answer"] == "records"


ACTS: dict[str, tuple[dict[str, Any], int]] = {
    "no act": ({}, 422),
    "no such act": ({"act": "open_everything"}, 422),
    "an officer's": ({"act": "lift_block"}, 422),
    "without its word": ({"act": "declare_emergency"}, 422),
    "with another's word": ({"act": "confirm_relation", "obstacle": "unconscious"}, 422),
    "no unit": ({"act": "choose_units", "units": []}, 422),
    "a text for units": ({"act": "choose_units", "units": "*"}, 422),
    "somebody else's unit": ({"act": "choose_units", "units": ["SE2120000019-V0HS"]}, 409),
    "yes as a text": (
        {
            "act": "assert_inability",
            "is_needed": "yes",
            "is_attitude_clarified": True,
            "is_no_objection_known": True,
        },
        422,
    ),
    "not offered now": ({"act": "open_emergency"}, 409),
}


@pytest.mark.parametrize("name", ACTS)
def test_an_act_that_cannot_be_recorded_is_not(name: str) -> None:
    said, status = ACTS[name]
    system = at_work("akuten", INGEBORG)
    before = dossiers.open_dossier(PersonId(INGEBORG)).dossier.version
    answer = system.post(f"/patients/{system.handle}/acts", said)
    assert answer.status == status, answer.body
    assert dossiers.open_dossier(PersonId(INGEBORG)).dossier.version == before


def test_a_system_that_may_only_read_records_nothing() -> None:
    system = at_work("akuten", INGEBORG, (Scope.READ, Scope.LAMP))
    assert system.act("confirm_relation").code == "scope_missing"
    assert system.post(f"/patients/{system.handle}/consents", TERMS).code == "scope_missing"
    assert system.about("consents").status == 200


def test_own_units_that_hold_something_are_named_and_no_more() -> None:
    answer = at_work("akuten", INGEBORG).about("units")
    assert "Medicin" in {unit["name"] for unit in answer.json["holding"]}
    assert "HLR" not in answer.body.decode()


# Consents. ------------------------------------------------------------------------------------------

TERMS = {"who": "unit", "until": None, "form": "oral", "information": "none"}


def test_a_consent_opens_and_taken_back_closes() -> None:
    system = at_work("akuten", INGEBORG)
    assert system.post(f"/patients/{system.handle}/consents", TERMS).status == 200
    assert button(system.about("overview"), "social_service")["answer"] == "records"
    (mine,) = [c for c in system.about("consents").json["consents"] if c["state"] == "holds"]
    assert mine["ways"] == ["end", "annul"]
    path = f"/patients/{system.handle}/consents/{mine['id']}"
    assert system.post(f"{path}/end", {"why": "other"}).code == "invalid"
    assert system.post(f"{path}/end", {"why": "taken_back"}).json == {"recorded": "end_consent"}
    assert button(system.about("overview"), "social_service")["answer"] == "withheld"
    assert system.post(f"{path}/end", {"why": "taken_back"}).code == "not_now"


@pytest.mark.parametrize(
    ("instead", "at"),
    [
        ({"until": "2020-01-01"}, "until"),
        ({"until": "2099-01-01"}, "until"),
        ({"until": "i morgon"}, "until"),
        ({"starts": "2099-01-01"}, "starts"),
        ({"who": "units"}, "who"),
        ({"who": "group", "group": "999"}, "who"),
        ({"who": "alla"}, "who"),
        ({"information": "999"}, "information"),
        ({"through_interpreter": "ja"}, "through_interpreter"),
    ],
)
def test_wrong_terms_are_told_field_by_field_and_nothing_is_recorded(instead: Any, at: str) -> None:
    system = at_work("akuten", INGEBORG)
    answer = system.post(f"/patients/{system.handle}/consents", {**TERMS, **instead})
    assert (answer.status, answer.json["errors"][0]["field"]) == (422, at)
    assert answer.json["errors"][0]["message"]
    assert button(system.about("overview"), "social_service")["answer"] == "withheld"


# Protected, log, lamp. ------------------------------------------------------------------------------


def test_telephones_of_somebody_protected_after_one_logged_call() -> None:
    system = at_work("akuten", VERA)
    hidden = system.about("records/contact").json
    assert hidden["phones_hidden"]
    assert hidden["records"]
    assert not any(record["data"]["phones"] for record in hidden["records"])
    told = system.post(f"/patients/{system.handle}/records/contact/phones")
    assert any(record["data"]["phones"] for record in told.json["records"])
    assert AccessEvent.objects.filter(event="shown").latest("seq").action == "phone"


def test_an_extract_is_for_reviewers_with_a_proof_of_late() -> None:
    at_work("hemsjukvard", INGEBORG).about("overview")
    period = {"number": INGEBORG, "since": "2020-01-01", "until": "2099-01-01"}
    reviewer = at_work("granskare")
    said = reviewer.post("/log-extracts", period).json
    assert {"Tog fram ett loggutdrag", "Sökte på numret"} <= {line["what"] for line in said["lines"]}
    reviewer.claims = {"auth_time": int(time.time()) - 1000}
    assert reviewer.post("/log-extracts", period).code == "prove_again"
    assert at_work("akuten").post("/log-extracts", period).code == "not_found"
    assert at_work("granskare", scopes=(Scope.READ,)).post("/log-extracts", period).code == "scope_missing"
    backwards = at_work("granskare").post("/log-extracts", {**period, "until": "2019-01-01"})
    assert backwards.json["errors"][0]["code"] == "before_since"


def test_the_lamp_says_states_and_leads_to_the_page() -> None:
    system = at_work("akuten", scopes=(Scope.LAMP,))
    answer = system.post("/lamp", {"number": GUNHILD})
    said = answer.json
    assert (answer.status, said["lit"], len(said["buttons"])) == (200, "yes", 12)
    assert GUNHILD not in answer.body.decode()
    assert "Myrberg" not in answer.body.decode()
    rows = AccessEvent.objects.order_by("-seq")[:3]
    assert {row.action for row in rows} == {"api"}
    assert {row.event for row in rows} == {"search", "intent", "shown"}
    link = said["launch"]["url"].removeprefix("http://testserver")
    reader = Reader().sign_in("akuten")
    reply = reader.get(link)
    assert reply.status == 302
    assert reader.get(reply.location).status == 200
    assert Reader().sign_in("distrikt").get(link).status == 404
    assert Reader().get(link).location.startswith("/konto/logga-in/")


def test_the_lamps_link_under_another_assignment_asks_before_it_opens() -> None:
    """She works under another in the portal: no dead link, and nothing of hers closed unasked."""
    asked = Assignment.objects.get(user__username="hemsjukvard", unit_id="SE2120000019-V0HS")
    said = system_for(asked, (Scope.LAMP,)).post("/lamp", {"number": INGEBORG}).json
    link = said["launch"]["url"].removeprefix("http://testserver")
    reader = Reader().sign_in("hemsjukvard", unit="SE2120000019-V0NP")
    choice = reader.get(reader.get(link).location)
    assert choice.status == 200
    assert "Hemsjukvården" in choice.body
    assert INGEBORG not in choice.body
    opened = reader.post("/launch/vidare/", {"assignment": asked.pk})
    assert opened.status == 302
    assert "Vallsjö, Ingeborg" in reader.get(opened.location).body
    row = AccessEvent.objects.filter(event="launched").latest("seq")
    assert (row.detail["system"], row.unit_id) == ("lamp", asked.unit_id)
    assert Reader().sign_in("distrikt").get(link).status == 404


def test_a_lamp_over_nothing_known_is_unknown_and_never_no() -> None:
    nobody = at_work("hemtjanst").post("/lamp", {"number": "189208029802"}).json
    assert (nobody["lit"], nobody["buttons"]) == ("unknown", [])
    before_consent = at_work("akuten").post("/lamp", {"number": BY_LETTER["B"].number}).json
    assert before_consent["lit"] == "unknown"


def test_a_lamp_over_nothing_at_all_is_no() -> None:
    system = at_work("akuten", BY_LETTER["B"].number)
    system.act("choose_units", units=["*"])
    assert system.post(f"/patients/{system.handle}/consents", TERMS).status == 200
    said = system.post("/lamp", {"number": BY_LETTER["B"].number}).json
    assert said["lit"] == "no", said


def test_the_lamp_is_not_a_look_at_the_overview() -> None:
    system = at_work("akuten", scopes=(Scope.LAMP,))
    system.post("/lamp", {"number": GUNHILD})
    assert not AccessEvent.objects.filter(action="overview", detail__client=system.client.pk).exists()
