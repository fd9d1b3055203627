"""The page of one patient's consents: what is listed, what can be recorded, and what is said of a mistake."""

from datetime import date, timedelta

import pytest

from consent.models import AccessEvent, Consent, ConsentRefusal, InformationText, SipConsent, UnitGroup
from demo.people import BY_LETTER
from demo.people import places as at
from tests.people.worlds import _django_db_helper, module_people, people
from tests.walking import Reader, Reply

__all__ = ["_django_db_helper", "module_people", "people"]

pytestmark = [pytest.mark.demo, pytest.mark.network]


def of(letter: str, persona: str = "akuten") -> Reader:
    reader = Reader().sign_in(persona)
    assert reader.search(BY_LETTER[letter].number).status == 302
    return reader


def page(reader: Reader) -> Reply:
    return reader.get(f"/p/{reader.handle}/samtycken/")


def swedish_text() -> InformationText:
    return InformationText.objects.get(language="sv", version=1)


def terms(**changed: object) -> dict[str, object]:
    """What the form sends when nothing but the information is touched."""
    until = (date.today() + timedelta(days=100)).isoformat()
    usual = {"who": "unit", "begin": "today", "period": "day", "until": until, "form": "oral"}
    return {**usual, "information": str(swedish_text().pk), **changed}


def give(reader: Reader, **changed: object) -> Reply:
    return reader.act("consents_give", **terms(**changed))


def newest() -> Consent:
    return Consent.objects.latest("recorded_at")


def test_the_form_records_every_term(people: object) -> None:
    reader = of("M", "hemsjukvard")
    assert '<option value="home_care" selected>' in page(reader).body
    group = UnitGroup.objects.get(name="Dygnet runt")
    reply = give(reader, who=f"group-{group.pk}", raised_at="sip", form="written", interpreter="yes")
    assert (reply.status, reply.location.endswith("/samtycken/?klart=given")) == (302, True)
    row = newest()
    assert (row.group_name, row.raised_at, row.form) == ("Dygnet runt", "sip", "written")
    assert (row.through_interpreter, row.information) == (True, swedish_text())
    body = page(reader).body
    assert "Dygnet runt: Hemsjukvården, Nattpatrullen, Rehab" in body
    assert "Skriftligt, genom tolk" in body
    assert "SIP planeras" in body
    assert "av Anja Fjellström" in body
    assert "Så delas dina uppgifter (sv, 1)" in body


def test_a_personal_consent_until_further_notice_names_whose_it_is(people: object) -> None:
    reader = of("M")
    assert give(reader, who="me", period="open").status == 302
    assert (newest().employee_id, newest().ends_at) == ("SE2321000016-2A01", None)
    assert "Endast Rasmus Tärnfors, Akuten" in page(reader).body


def test_recorded_ahead_it_waits_and_can_be_ended(people: object) -> None:
    reader = of("M")
    later = date.today() + timedelta(days=20)
    assert give(reader, begin="later", starts=later.isoformat()).status == 302
    shown = reader.overview()
    assert shown.states["social_service"] == "consent"
    assert f"Det börjar gälla {later.isoformat()}" in shown.text
    assert "Börjar senare" in page(reader).body
    reply = reader.act("consents_end", entry=str(newest().pk), why="not_needed")
    assert reply.location.endswith("?klart=ended")
    assert newest().end_reason == "Behövs inte längre"


def test_other_units_of_the_provider_are_added_to_the_own(people: object) -> None:
    reader = of("M")
    assert give(reader, who="units", unit=[at.MEDICIN.hsa, at.AMBULANS.hsa]).status == 302
    assert set(newest().unit_ids) == {at.AKUTEN.hsa, at.MEDICIN.hsa, at.AMBULANS.hsa}


WRONG: dict[str, tuple[dict[str, object], str]] = {
    "who": ({"who": "everybody"}, "Välj vem samtycket gäller."),
    "no unit": ({"who": "units"}, "Kryssa för minst en enhet."),
    "another provider's unit": ({"who": "units", "unit": at.HEMSJUKVARDEN.hsa}, "Kryssa för minst en enhet."),
    "another provider's group": ({"who": "group-0"}, "Välj vem samtycket gäller."),
    "no first day": ({"begin": "later"}, "Skriv första dagen"),
    "first day past": ({"begin": "later", "starts": "2020-01-01"}, "Skriv första dagen"),
    "last day past": ({"until": "2020-01-01"}, "Skriv sista dagen"),
    "last day no day": ({"until": "i morgon"}, "Skriv sista dagen"),
    "last before first": (
        {
            "begin": "later",
            "starts": (date.today() + timedelta(days=9)).isoformat(),
            "until": (date.today() + timedelta(days=3)).isoformat(),
        },
        "Skriv sista dagen",
    ),
    "form": ({"form": "sung"}, "Välj hur patienten samtyckte."),
    "information": ({"information": ""}, "Välj vilken information patienten har fått."),
}


def test_what_is_wrong_is_said_and_nothing_typed_is_lost(people: object) -> None:
    reader = of("M")
    before = Consent.objects.count()
    for what, (changed, said) in WRONG.items():
        reply = give(reader, **{"raised_at": "care_home", "interpreter": "yes", **changed})
        assert (reply.status, Consent.objects.count()) == (422, before), what
        assert reply.body.count(said) == 2, what
        assert "<title> Fel:" in " ".join(reply.body.split())
        assert '<option value="care_home" selected>' in reply.body
        assert 'name="interpreter" value="yes" checked' in reply.body
        for name in {"until", "starts"} & set(changed):
            assert f'value="{changed[name]}"' in reply.body, what


NO_REASON: tuple[tuple[dict[str, str], str], ...] = (
    ({}, "Välj ett skäl."),
    ({"why": "other"}, "Skriv skälet med egna ord."),
    ({"why": "other", "text": "   "}, "Skriv skälet med egna ord."),
    ({"why": "made up", "text": "Talade med dottern"}, "Välj ett skäl."),
)


def test_a_reason_is_required_to_end_and_to_annul(people: object) -> None:
    reader = of("M")
    give(reader)
    mine = newest()
    for way in ("end", "annul"):
        for sent, said in NO_REASON:
            reply = reader.act(f"consents_{way}", entry=str(mine.pk), **sent)
            assert (reply.status, said in reply.body) == (422, True), (way, sent)
            assert sent.get("text", "").strip() in reply.body
    mine.refresh_from_db()
    assert (mine.ended_at, mine.annulled_at) == (None, None)


def test_ended_and_annulled_are_different_and_both_kept_with_their_reason(people: object) -> None:
    reader = of("M")
    give(reader)
    reader.act("consents_end", entry=str(newest().pk), why="other", text="Vill fundera")
    give(reader)
    reader.act("consents_annul", entry=str(newest().pk), why="wrong_terms", text="Fel datum")
    body = page(reader).body
    assert "av Rasmus Tärnfors: Vill fundera" in body
    assert "av Rasmus Tärnfors: Fel villkor registrerade. Fel datum" in body
    assert reader.overview().states["social_service"] == "consent"
    reasons = AccessEvent.objects.filter(event__in=("consent_ended", "consent_annulled"))
    assert set(reasons.values_list("reason", flat=True)) == {
        "Vill fundera",
        "Fel villkor registrerade. Fel datum",
    }


def test_after_ending_the_page_shows_nothing_of_what_was_open(people: object) -> None:
    reader = of("M")
    give(reader)
    assert reader.overview().states["social_service"] == "ongoing"
    reply = reader.act("end_consent")
    assert reply.location.endswith("/samtycken/?klart=ended")
    body = reader.get(reply.location).body
    assert "Samtycket är avslutat." in body
    assert "data-button" not in body
    assert "rygghetslarm" not in body


def test_a_no_is_recorded_annulled_and_listed(people: object) -> None:
    reader = of("M")
    assert reader.act("consents_refuse").status == 302
    body = page(reader).body
    assert "<b>Nekat</b>" in body
    assert "Registrera att patienten nekar" not in body
    no = ConsentRefusal.objects.latest("recorded_at")
    reply = reader.act("consents_annul_refusal", entry=str(no.pk), unit=no.unit_id)
    assert (reply.status, "Välj ett skäl." in reply.body) == (422, True)
    reply = reader.act("consents_annul_refusal", entry=str(no.pk), unit=no.unit_id, why="mistake")
    assert "Det nekade samtycket är makulerat." in reader.get(reply.location).body


def test_a_sip_consent_is_its_own_thing(people: object) -> None:
    reader = of("M")
    assert reader.act("give_sip_consent").status == 302
    assert reader.overview().states["social_service"] == "consent"
    assert "Samtycke till SIP: registrerat" in reader.overview().html
    sip = SipConsent.objects.get()
    assert reader.act("consents_end_sip", entry=str(sip.pk)).status == 422
    assert reader.act("consents_annul_sip", entry=str(sip.pk), why="mistake").status == 302
    sip.refresh_from_db()
    assert sip.annul_reason == "Registrerat av misstag"
    assert reader.act("consents_give_sip").status == 302


def test_another_patients_consent_is_not_reached_by_its_id(people: object) -> None:
    others = of("J")
    give(others)
    theirs = newest()
    reader = of("M")
    give(reader)
    reply = reader.act("consents_end", entry=str(theirs.pk), why="not_needed")
    assert reply.status == 409
    theirs.refresh_from_db()
    assert theirs.ended_at is None


def test_without_a_relation_there_is_the_access_step_instead(people: object) -> None:
    reply = page(of("B", "hemtjanst"))
    assert "Ni har ingen pågående insats" in reply.body
    assert "Nytt samtycke" not in reply.body


def test_of_the_dead_there_is_history_and_nothing_to_record(people: object) -> None:
    body = page(of("L")).body
    assert "Gäller" in body
    assert "Patienten är avliden. Inget öppnas med samtyckena." in body
    for offered in ("Nytt samtycke", "Registrera ", "Avsluta", "Makulera", "Patienten samtycker"):
        assert offered not in body, offered


def test_seeing_the_list_is_logged(people: object) -> None:
    reader = of("J")
    before = AccessEvent.objects.filter(event="shown").count()
    page(reader)
    row = AccessEvent.objects.filter(event="shown").latest("seq")
    assert AccessEvent.objects.filter(event="shown").count() == before + 1
    assert (row.action, row.detail["counts"]) == ("access", {"consents": 1})


def test_the_language_is_shown_where_the_question_is_asked(people: object) -> None:
    body = page(of("I", "hemsjukvard")).body
    assert "Språk: tigrinska. Fråga genom tolk." in body
    assert "tel:08-46500412" in body


# Who administers consents. ---------------------------------------------------------------------------


def test_an_administrators_search_leads_to_the_consents(people: object) -> None:
    reader = Reader().sign_in("samtycke")
    assert "Du kommer till patientens samtycken." in reader.get("/").body
    reply = reader.search(BY_LETTER["A"].number)
    assert reply.location == f"/p/{reader.handle}/samtycken/"


def test_an_administrator_sees_consents_and_nothing_else(people: object) -> None:
    for letter in ("A", "B"):
        reader = of(letter, "samtycke")
        for path in ("samtycken/", "", "atkomst/"):
            body = reader.get(f"/p/{reader.handle}/{path}").body
            assert "data-button" not in body
            assert "Andra vårdgivare eller omsorgsgivare" not in body
            assert "Andra kan ha uppgifter" not in body
            assert "Patienten samtycker</button>" not in body
    assert "Du registrerar samtycken. Inga uppgifter om patienten visas." in body


def test_an_administrator_records_for_named_units_alone(people: object) -> None:
    reader = of("M", "samtycke")
    assert give(reader, who="units", unit=[at.NATTPATRULLEN.hsa]).status == 302
    assert newest().unit_ids == [at.NATTPATRULLEN.hsa]
    for who in ("unit", "me"):
        assert give(reader, who=who).status == 422
    assert reader.act("consents_refuse", unit=at.REHAB.hsa).status == 302
    assert ConsentRefusal.objects.latest("recorded_at").unit_id == at.REHAB.hsa
    assert reader.act("consents_refuse", unit=at.AKUTEN.hsa).status == 409
    body = page(reader).body
    assert "Nattpatrullen" in body
    assert "Rehab" in body


def test_an_administrators_views_and_acts_are_logged(people: object) -> None:
    reader = of("M", "samtycke")
    page(reader)
    row = AccessEvent.objects.filter(event="shown").latest("seq")
    assert (row.detail["list"], row.purpose, row.activity) == ("consents", "administration", "Läsa")
    patient = row.patient()
    assert patient is not None
    assert patient.number == BY_LETTER["M"].number


@pytest.mark.parametrize(("letter", "said"), [
    ("L", "Personen är avliden. Samtycken kan inte registreras."),
    ("F", "Barn som inte själv kan ta ställning lämnar inget samtycke."),
])  # fmt: skip
def test_where_nothing_can_be_recorded_an_administrator_is_told_why(
    people: object, letter: str, said: str
) -> None:
    reply = page(of(letter, "samtycke"))
    assert said in reply.body
    assert "Nytt samtycke" not in reply.body


# What the patient is told before. ---------------------------------------------------------------------


def test_the_text_can_be_read_where_it_is_chosen_and_on_a_page_of_its_own(people: object) -> None:
    reader = of("M")
    assert "Du får spärra uppgifter." in page(reader).body
    InformationText.objects.create(language="ti", version=1, title="ሓበሬታ", body="ሓደ\n\n- ክልተ\n- ሰለስተ")
    address = f"/p/{reader.handle}/information/"
    assert "Så delas dina uppgifter" in reader.get(address).body
    english = reader.get(f"{address}?sprak=en").body
    assert "How your information is shared" in english
    assert '<div class="patient-text" lang="en" dir="auto">' in english
    assert "<li>ክልተ</li>" in reader.get(f"{address}?sprak=ti").body
    assert BY_LETTER["M"].family_name not in english


def test_a_text_out_of_use_is_not_offered_and_stays_on_what_it_was_given_for(people: object) -> None:
    reader = of("M")
    give(reader)
    InformationText.objects.filter(language="sv").update(is_current=False)
    InformationText.objects.create(language="sv", version=2, title="Nyare text", body="Kort.")
    body = page(reader).body
    assert "Nyare text" not in body
    assert "Kort." in body
    assert "Så delas dina uppgifter (sv, 1)" in body
    assert give(reader, information="1").status == 422
