"""Blocks as screens: an officer lifts the own provider's (row 4), another provider is asked to (row 13)."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from consent.dossiers import open_dossier
from consent.models import AccessEvent, Block, BlockLift, CareProvider, LiftRequest
from consent.terms import PersonId
from demo.people import BY_LETTER
from demo.people.places import (
    AKUTEN,
    HALSOCENTRALEN,
    KOMMUN_OMSORG,
    KOMMUN_VARD,
    NATTPATRULLEN,
    PSYKIATRI,
    REGION,
)
from portal.accounts.models import Assignment
from portal.dates import today
from tests.people.worlds import _django_db_helper, module_people, people, steady
from tests.walking import Reader, Reply

__all__ = ["_django_db_helper", "module_people", "people"]

pytestmark = [pytest.mark.demo, pytest.mark.network]

H = BY_LETTER["H"]
OFFICER, ASKER = "distrikt", "hemsjukvard"
REASON = "Patienten ber om det"


def reader(persona: str, unit: str = "", number: str = H.number) -> Reader:
    found = Reader().sign_in(persona, unit)
    assert found.search(number).status == 302
    return found


def page(of: Reader, name: str) -> Reply:
    return of.get(reverse(name, args=[of.handle]))


def inner_block() -> Block:
    return Block.objects.get(kind="inner", unit_id=PSYKIATRI.hsa)


def lift(officer: Reader, **changed: object) -> Reply:
    terms = {"block": str(inner_block().pk), "reason": REASON, "period": "day_and_night", "unit": ""}
    return officer.act("lift_by_consent", **{**terms, **changed})


def sees_psychiatry(of: Reader) -> bool:
    """Her visit there, once every unit of the region is chosen."""
    assert of.act("choose_units", unit="*").status == 302
    return "Psykiatri" in of.detail("care_plan").body


# Row 4: the own provider's officer. ------------------------------------------------------------------


def test_an_officer_sees_the_own_providers_blocks_with_all_there_is_to_know(people: object) -> None:
    officer = reader(OFFICER)
    assert "Du får häva spärrar inom Region Fjäll" in officer.overview().text
    body = page(officer, "lift_by_consent").body
    assert "<b>Psykiatri</b>" in body
    assert "Inre spärr" in body
    assert "Alla uppgifter, oavsett datum." in body
    assert "Undantaget: varningar." in body
    assert "Yttre spärr" not in body
    assert "En yttre spärr gäller andra vårdgivare" in page(officer, "blocks").body


def test_block_with_days_and_medicines_left_out_says_so(people: object) -> None:
    Block.objects.filter(pk=inner_block().pk).update(
        first_day="2025-02-01", last_day="2025-03-31", excluded_types=["lak", "upp"]
    )
    body = page(reader(OFFICER), "lift_by_consent").body
    assert "Uppgifter från 2025-02-01 till 2025-03-31." in body
    assert "Undantaget: varningar, läkemedel." in body


def test_lifted_block_opens_for_the_unit_but_the_unit_must_still_be_chosen(people: object) -> None:
    officer = reader(OFFICER)
    assert not sees_psychiatry(officer)
    colleague = reader("akuten")
    fresh = reader(OFFICER)
    assert lift(fresh).location == reverse("blocks", args=[fresh.handle])
    assert sees_psychiatry(fresh)
    row = BlockLift.objects.get()
    assert (row.ground, row.reason, row.unit_id, row.employee_id) == (
        "consent",
        REASON,
        HALSOCENTRALEN.hsa,
        "",
    )
    assert row.ends_at is not None
    assert timedelta(hours=23, minutes=55) < row.ends_at - timezone.now() <= timedelta(hours=24)
    assert "En spärr är hävd för enheten till" in fresh.overview().text
    assert not sees_psychiatry(colleague), "another unit's readers"
    logged = AccessEvent.objects.get(event="block_lifted")
    assert (logged.reason, logged.detail["unit"]) == (REASON, HALSOCENTRALEN.hsa)


def test_before_the_choice_a_lifted_unit_reads_choose(people: object) -> None:
    officer = reader(OFFICER)
    lift(officer)
    assert officer.overview().states["care_plan"] == "choose"


def test_lift_for_another_unit_or_one_person_there_opens_to_them_alone(people: object) -> None:
    akuten = Assignment.objects.get(user__username="akuten")
    officer = reader(OFFICER)
    assert akuten.user.hsa_id is not None
    assert lift(officer, unit=AKUTEN.hsa, person=akuten.user.hsa_id.lower()).status == 302
    row = BlockLift.objects.get()
    assert (row.unit_id, row.employee_id) == (AKUTEN.hsa, akuten.user.hsa_id)
    assert not sees_psychiatry(officer)
    colleague = reader("akuten")
    assert sees_psychiatry(colleague)
    assert "En spärr är hävd för dig till" in colleague.overview().text


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"block": []}, "Välj minst en spärr."),
        ({"reason": "  "}, "Skriv varför spärren hävs."),
        ({"person": "SE2321000016-2A01"}, "Ingen med det HSA-id:t har ett uppdrag vid enheten."),
        ({"period": "until", "until": "i morgon"}, "högst 30 dygn fram"),
        ({"period": "until", "until": "2020-01-01"}, "högst 30 dygn fram"),
    ],
    ids=["no block", "no reason", "works elsewhere", "no day", "a day that was"],
)
def test_what_is_missing_is_said_and_what_was_typed_is_kept(
    people: object, changed: dict[str, object], words: str
) -> None:
    officer = reader(OFFICER)
    reply = lift(officer, **{"reason": "Typed by me", **changed})
    assert reply.status == 422
    assert words in reply.body
    assert "<title>Fel: Häv spärr" in re.sub(r"\s+", " ", reply.body).replace("<title> ", "<title>")
    assert 'value="Typed by me"' in reply.body or "reason" in changed
    assert not BlockLift.objects.exists()


@pytest.mark.parametrize(("days", "status"), [(0, 302), (29, 302), (30, 422)])
def test_a_lift_lasts_thirty_days_at_most(people: object, days: int, status: int) -> None:
    last = today() + timedelta(days=days)
    assert lift(reader(OFFICER), period="until", until=last.isoformat()).status == status
    assert BlockLift.objects.exists() is (status == 302)


def test_lift_for_a_unit_of_another_provider_is_not_recorded(people: object) -> None:
    reply = lift(reader(OFFICER), unit=NATTPATRULLEN.hsa)
    assert reply.status == 409
    assert "Det går inte just nu" in reply.body
    assert not BlockLift.objects.exists()


def test_without_consent_the_units_name_comes_first_and_then_the_block(people: object) -> None:
    officer = reader(OFFICER)
    names = page(officer, "lift_by_need").body
    assert "Psykiatri" in names
    assert str(inner_block().pk) not in names
    assert "Alla uppgifter" not in names
    nothing = officer.act("lift_by_need", step="names")
    assert (nothing.status, "Välj minst en enhet." in nothing.body) == (422, True)
    shown = officer.act("lift_by_need", **{"step": "names", "from": PSYKIATRI.hsa})
    assert str(inner_block().pk) in shown.body
    terms = {"from": PSYKIATRI.hsa, "block": str(inner_block().pk), "reason": "Medvetslös"}
    terms["period"] = "day_and_night"
    unjudged = officer.act("lift_by_need", **terms)
    assert (unjudged.status, "Intyga att uppgifterna" in unjudged.body) == (422, True)
    assert str(inner_block().pk) in unjudged.body
    assert not BlockLift.objects.exists()
    assert officer.act("lift_by_need", **terms, judged="yes").status == 302
    assert BlockLift.objects.get().ground == "need"


def test_only_the_units_that_were_chosen_by_name_show_their_blocks(people: object) -> None:
    other = Block.objects.create(
        dossier=open_dossier(PersonId(H.number)).dossier,
        kind="inner",
        provider_id=REGION.hsa,
        unit_id=AKUTEN.hsa,
        recorded_by="test",
    )
    officer = reader(OFFICER)
    shown = officer.act("lift_by_need", **{"step": "names", "from": AKUTEN.hsa}).body
    assert str(other.pk) in shown
    assert str(inner_block().pk) not in shown


def test_an_officer_ends_a_lift_with_a_reason_and_the_block_holds_at_once(people: object) -> None:
    officer = reader(OFFICER)
    lift(officer)
    assert sees_psychiatry(officer)
    (row,) = BlockLift.objects.all()
    body = page(officer, "blocks").body
    assert "Inre spärr, Psykiatri: hävd för Fjällviks hälsocentral till" in body
    assert officer.act("end_lift", lift=str(row.pk), reason=" ").status == 409
    assert sees_psychiatry(officer)
    assert officer.act("end_lift", lift=str(row.pk), reason="Behövs inte längre").status == 302
    assert not sees_psychiatry(officer)
    assert AccessEvent.objects.get(event="lift_ended").reason == "Behövs inte längre"


@pytest.mark.parametrize("name", ["lift_by_consent", "lift_by_need"])
def test_without_the_right_nothing_is_listed_and_nothing_lifted(people: object, name: str) -> None:
    colleague = reader("akuten")
    assert colleague.get(reverse(name, args=[colleague.handle])).status == 409
    block = str(inner_block().pk)
    reply = colleague.act(
        name, block=block, reason="ändå", judged="yes", period="day_and_night", **{"from": PSYKIATRI.hsa}
    )
    assert reply.status == 409
    assert "Psykiatri" not in reply.body
    assert block not in reply.body
    assert not BlockLift.objects.exists()


def test_a_reader_without_the_right_is_told_who_can_lift_and_whom_to_ring(people: object) -> None:
    colleague = reader("akuten")
    for text in (colleague.overview().html, page(colleague, "blocks").body):
        assert (
            "Spärrade uppgifter finns inom Region Fjäll. "
            "Patienten kan häva, eller en behörig hos Region Fjäll." in text
        )
        assert 'href="tel:0980319200"' in text
        assert "Psykiatri" not in text
        assert "Häv spärr" not in text


def test_another_providers_reader_is_not_told_whose_block_it_is(people: object) -> None:
    nurse = reader(ASKER)
    body = page(nurse, "blocks").body
    assert "Spärrade uppgifter finns. Patienten kan häva spärren." in body
    for secret in ("Region Fjäll", "Psykiatri", "0980-319200"):
        assert secret not in body


# Row 13: asking another provider. --------------------------------------------------------------------


def emergency(number: str = H.number) -> Reader:
    """The night patrol, with nobody's consent and a patient who cannot be asked."""
    nurse = reader(ASKER, NATTPATRULLEN.hsa, number)
    assert nurse.act("emergency", obstacle="unconscious").status == 302
    return nurse


def test_in_an_emergency_the_blocking_vardgivare_is_named_with_its_on_call_number(people: object) -> None:
    nurse = emergency()
    for text in (
        nurse.overview().html,
        page(nurse, "blocks").body,
        page(nurse, "emergency_names").body,
    ):
        assert "Spärr hos Region Fjäll. Ring och be dem häva." in text
        assert 'href="tel:0980319200"' in text
        assert "Be dem häva" in text
        assert "Psykiatri" not in text


def test_asking_opens_nothing_and_says_when_it_was_sent(people: object) -> None:
    nurse = emergency()
    nurse.act("emergency_names")
    before = nurse.detail("care_plan").body
    assert nurse.act("ask_to_lift", provider=REGION.hsa).location == reverse("blocks", args=[nurse.handle])
    assert nurse.act("ask_to_lift", provider=REGION.hsa).status == 302
    assert LiftRequest.objects.count() == 1, "one at a time"
    for text in (nurse.overview().text, page(nurse, "blocks").body):
        assert re.search(r"Begäran skickad \d{4}-\d\d-\d\d kl\. \d\d\.\d\d\. Inget svar än\.", text)
    assert 'action="' + reverse("ask_to_lift", args=[nurse.handle]) not in page(nurse, "blocks").body
    assert "Psykiatri" not in before + nurse.detail("care_plan").body
    logged = AccessEvent.objects.get(event="lift_asked")
    assert (logged.activity, logged.detail["asked"]) == ("Nödöppning", REGION.hsa)


def ask() -> Reader:
    nurse = emergency()
    nurse.act("emergency_names")
    nurse.act("ask_to_lift", provider=REGION.hsa)
    return nurse


def officers_list() -> tuple[Reader, str]:
    officer = Reader().sign_in(OFFICER)
    reply = officer.get(reverse("lift_requests"))
    assert reply.status == 200
    found = re.search(r'href="/p/([^/]+)/atkomst/sparr/begaran/"', reply.body)
    officer.handle = found[1] if found else ""
    return officer, reply.body


def test_the_asked_providers_officer_sees_who_asks_and_about_whom(people: object) -> None:
    ask()
    officer, body = officers_list()
    for words in (
        "19740526-9288",
        "1 spärr",
        "Anja Fjellström, Sjuksköterska",
        "Nattpatrullen, Fjällviks kommun, Vård",
        'href="tel:0980319262"',
    ):
        assert words in body, words
    assert H.family_name not in body
    assert H.number not in officer.handle
    logged = AccessEvent.objects.filter(event="search", detail={"list": "lift_requests"}).get()
    assert logged.user_hsa_id == "SE2321000016-2A02"
    answer = page(officer, "answer_lift").body
    assert "Yttre spärr" in answer
    assert "Psykiatri" in answer
    assert "Undantaget: varningar." in answer


def test_the_officers_home_leads_to_the_list_and_nobody_elses(people: object) -> None:
    assert reverse("lift_requests") in Reader().sign_in(OFFICER).get("/").body
    colleague = Reader().sign_in("akuten")
    assert reverse("lift_requests") not in colleague.get("/").body
    assert colleague.get(reverse("lift_requests")).status == 403


def answer(officer: Reader, what: str, reason: str = "Livsfara, jag har talat med jouren") -> Reply:
    request = str(LiftRequest.objects.get().pk)
    return officer.act("answer_lift", request=request, answer=what, reason=reason)


def test_a_lifted_block_opens_for_the_one_who_asked_and_nobody_else(people: object) -> None:
    nurse = ask()
    officer, _ = officers_list()
    assert answer(officer, "lifted").location == reverse("lift_requests")
    row = BlockLift.objects.get()
    assert (row.unit_id, row.employee_id, row.provider_id) == (
        NATTPATRULLEN.hsa,
        "SE2120000019-2V01",
        REGION.hsa,
    )
    assert row.ends_at is not None
    assert timedelta(hours=23, minutes=55) < row.ends_at - timezone.now() <= timedelta(hours=24)
    mine = reader(OFFICER)
    assert (
        "Yttre spärr, Psykiatri: hävd för Anja Fjellström, Sjuksköterska vid Nattpatrullen, "
        "Fjällviks kommun, Vård till" in page(mine, "blocks").body
    )
    text = nurse.overview().text
    assert "En spärr är hävd för dig till" in text
    assert "Spärr hos Region Fjäll" not in text
    assert "Psykiatri" in nurse.detail("care_plan").body
    assert officers_list()[1].count("Ingen har bett Region Fjäll att häva en spärr.") == 1


def test_a_declined_request_opens_nothing_and_says_so(people: object) -> None:
    nurse = ask()
    officer, _ = officers_list()
    assert answer(officer, "declined", "Behövs inte för vården").status == 302
    assert "Svar: spärren hävs inte." in nurse.overview().text
    assert "Psykiatri" not in nurse.detail("care_plan").body
    assert not BlockLift.objects.exists()
    assert AccessEvent.objects.get(event="lift_answered").reason == "Behövs inte för vården"


@pytest.mark.parametrize(
    ("what", "reason", "status"), [("lifted", " ", 422), ("declined", "", 422), ("perhaps", "skäl", 422)]
)
def test_an_answer_needs_a_reason(people: object, what: str, reason: str, status: int) -> None:
    ask()
    officer, _ = officers_list()
    assert answer(officer, what, reason).status == status
    assert LiftRequest.objects.get().answer == ""


def test_only_an_officer_of_the_asked_provider_answers(people: object) -> None:
    ask()
    Assignment.objects.filter(user__username="hemsjukvard").update(may_lift_blocks=True)
    for stranger in (reader("akuten"), reader(ASKER)):
        assert page(stranger, "answer_lift").status == 409
        reply = answer(stranger, "lifted")
        assert reply.status == 409
        assert "Anja Fjellström" not in reply.body.split("</header>")[1]
    assert LiftRequest.objects.get().answer == ""


# Row 16: what an omsorgsgivare has blocked is never told. ---------------------------------------------


def _block_of(provider: str) -> Block:
    return Block.objects.create(
        dossier=open_dossier(PersonId(BY_LETTER["M"].number)).dossier,
        kind="outer",
        provider_id=provider,
        recorded_by="test",
    )


def test_an_omsorgsgivares_block_looks_like_none_and_cannot_be_asked_about(people: object) -> None:
    nurse = emergency(BY_LETTER["M"].number)

    def look() -> tuple[str, str, int]:
        asked = nurse.act("ask_to_lift", provider=KOMMUN_OMSORG.hsa)
        bodies = (page(nurse, name).body for name in ("blocks", "emergency_names"))
        return (
            "".join(steady(body) for body in bodies),
            steady(asked.body),
            asked.status,
        )

    nothing = look()
    block = _block_of(KOMMUN_OMSORG.hsa)
    assert look() == nothing
    assert nothing[2] == 409
    Block.objects.filter(pk=block.pk).update(provider_id=REGION.hsa)
    assert "Spärr hos Region Fjäll" in page(nurse, "blocks").body
    assert not LiftRequest.objects.exists()


def test_a_provider_that_nobody_here_knows_is_not_named(people: object) -> None:
    nurse = emergency(BY_LETTER["M"].number)
    nothing = steady(page(nurse, "blocks").body)
    _block_of("SE9999999999-X001")
    seen = steady(page(nurse, "blocks").body)
    assert "SE9999999999" not in seen
    assert "Be dem häva" not in seen
    assert "Be dem häva" not in nothing


def test_without_an_on_call_number_the_name_stands_alone(people: object) -> None:
    CareProvider.objects.filter(pk=REGION.hsa).update(on_call_phone="")
    body = page(emergency(), "blocks").body
    assert "Spärr hos Region Fjäll" in body
    assert "tel:" not in body


def test_nobody_asks_outside_an_emergency(people: object) -> None:
    nurse = reader(ASKER, NATTPATRULLEN.hsa)
    assert "Be dem häva" not in page(nurse, "blocks").body
    assert nurse.act("ask_to_lift", provider=REGION.hsa).status == 409
    assert not LiftRequest.objects.exists()


def test_blocks_of_the_municipality_are_its_own_officers_business(people: object) -> None:
    """The same screens for another provider: nothing in them is made for one."""
    _block_of(KOMMUN_VARD.hsa)
    doctor = reader("akuten", number=BY_LETTER["M"].number)
    doctor.act("emergency", obstacle="unconscious")
    assert "Spärr hos Fjällviks kommun, Vård" in page(doctor, "blocks").body
    assert doctor.act("ask_to_lift", provider=KOMMUN_VARD.hsa).status == 302
    Assignment.objects.filter(user__username=ASKER).update(may_lift_blocks=True)
    officer = Reader().sign_in(ASKER, NATTPATRULLEN.hsa)
    body = officer.get(reverse("lift_requests")).body
    assert "Rasmus Tärnfors, Läkare" in body
    assert "Akuten, Region Fjäll" in body
