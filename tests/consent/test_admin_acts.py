"""An administrator of consents ends, annuls and blocks: her own provider's, on one page, with a reason."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from consent import consenting, models, recording
from consent.accesslog.events import Action
from consent.accesslog.model import AccessEvent
from consent.dossiers import open_dossier
from consent.release import NotReleased, Shown, release_now
from portal.accounts.models import Assignment
from tests.consent.administrators import LostLog, at_work, clerk, client_of, list_of, page_of, text_of
from tests.consent.doings import TRACE, ask, by, last_row
from tests.consent.examples import AKUTEN, FJALL, GUNHILD, HEMSJUKVARD, MILO, PSYKIATRI, reader

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]

BLOCK_PAGE = "admin:consent_block_add"
BUTTON = 'value="Bekräfta"'


@pytest.fixture
def nils(organisations: None) -> Client:
    return clerk(AKUTEN, "nils")


@pytest.fixture
def acts(organisations: None) -> dict[str, Any]:
    """One of each sort that can be stopped, about Gunhild at Akuten, by model name."""
    recording.confirm_relation(by())
    consenting.give_consent(by())
    consenting.give_sip_consent(by())
    shared = {"dossier": open_dossier(GUNHILD).dossier, "provider_id": FJALL.hsa_id, "unit_id": AKUTEN.hsa_id}
    block = models.Block.objects.create(
        **{**shared, "unit_id": PSYKIATRI.hsa_id}, recorded_by="X", kind="inner"
    )
    lift = models.BlockLift.objects.create(**shared, recorded_by="X", block_ref=str(block.pk))
    refusal = models.ConsentRefusal.objects.create(**{**shared, "unit_id": PSYKIATRI.hsa_id}, recorded_by="X")
    rows = (models.Consent.objects.get(), models.CareRelation.objects.get(), models.SipConsent.objects.get())
    return {str(row._meta.model_name): row for row in (*rows, block, lift, refusal)}


STOPPABLE = ["consent", "carerelation", "sipconsent", "block", "blocklift"]


def stop(client: Client, act: Any, how: str = "end", reason: str = "patienten ringde") -> Any:
    return client.post(page_of(act), {"how": how, "change_reason": reason})


@pytest.mark.parametrize("model", STOPPABLE)
def test_page_offers_both_ways_says_what_they_mean_and_asks_why(nils, acts, model):
    page = text_of(nils.get(page_of(acts[model])))
    for words in (
        "Avsluta. Det gällde tills nu.",
        "Makulera. Det registrerades av misstag",
        "Skäl",
        "Bekräfta",
    ):
        assert words in page
    assert "19390813-••••" in page
    assert "deletelink" not in page


@pytest.mark.parametrize("model", STOPPABLE)
@pytest.mark.parametrize(("how", "columns"), [("end", "ended"), ("annul", "annulled")])
def test_act_is_stopped_with_its_reason_and_logged(nils, acts, model, how, columns):
    act = acts[model]
    assert stop(nils, act, how).url == page_of(act)
    act.refresh_from_db()
    assert getattr(act, f"{columns}_by") == "SE2321000016-NILS"
    assert getattr(act, "end_reason" if how == "end" else "annul_reason") == "patienten ringde"
    row = last_row()
    assert (row.reason, row.patient(), row.provider_id) == ("patienten ringde", GUNHILD, FJALL.hsa_id)
    assert (row.unit_id, row.purpose) == (AKUTEN.hsa_id, "administration")
    page = text_of(nils.get(page_of(act)))
    assert BUTTON not in page
    assert "Avslutat" in page or "Makulerat" in page


def test_refusal_can_only_be_annulled(nils, acts):
    refusal = acts["consentrefusal"]
    page = text_of(nils.get(page_of(refusal)))
    assert "Makulera. Det registrerades" in page
    assert "Avsluta. Det gällde" not in page
    assert stop(nils, refusal, "end").status_code == 200
    assert stop(nils, refusal, "annul").status_code == 302
    refusal.refresh_from_db()
    assert (refusal.ended_at, refusal.annul_reason) == (None, "patienten ringde")


def test_open_page_of_the_patient_blanks(nils, acts):
    permit = ask().permit
    assert permit is not None
    stop(nils, acts["consent"])
    with pytest.raises(NotReleased):
        release_now(permit, Shown((), {"cosmic": "answered"}), Action.OVERVIEW, TRACE)


@pytest.mark.parametrize("sent", [
    {"how": "end"}, {"how": "end", "change_reason": " "}, {"change_reason": "x"},
    {"how": "delete", "change_reason": "x"},
])  # fmt: skip
def test_nothing_is_stopped_without_choice_and_reason(nils, acts, sent):
    assert nils.post(page_of(acts["consent"]), sent).status_code == 200
    assert models.Consent.objects.get().ended_at is None


def test_what_was_stopped_meanwhile_is_not_stopped_again(nils, acts):
    consent = acts["consent"]
    nils.get(page_of(consent))
    consenting.end_consent(by(), "patienten sade det")
    assert stop(nils, consent, "annul").status_code == 403
    consent.refresh_from_db()
    assert consent.annulled_at is None


def test_without_a_log_nothing_is_stopped(nils, acts):
    with LostLog():
        response = stop(nils, acts["consent"])
    assert "kunde inte skrivas i åtkomstloggen" in text_of(nils.get(response.url))
    assert models.Consent.objects.get().ended_at is None


OTHERS: dict[str, Any] = {
    "the right without the purpose": lambda: at_work(
        client_of("a", group="Samtyckesadministratör"), AKUTEN, "care", may_administer_consents=True
    ),
    "the group without the right": lambda: at_work(client_of("b", group="Samtyckesadministratör"), AKUTEN),
    "the right without the group": lambda: at_work(
        client_of("c", "view_consent"), AKUTEN, may_administer_consents=True
    ),
    "a reviewer": lambda: at_work(
        client_of("d", group="Logggranskare"), AKUTEN, "quality", may_review_log=True
    ),
    "a superuser without an assignment": lambda: client_of("e", superuser=True),
}


@pytest.mark.parametrize("who", OTHERS)
def test_others_read_and_stop_nothing(acts, who):
    client = OTHERS[who]()
    assert BUTTON not in text_of(client.get(page_of(acts["consent"])))
    assert stop(client, acts["consent"]).status_code == 403
    assert client.get(reverse(BLOCK_PAGE)).status_code == 403
    assert client.post(reverse(BLOCK_PAGE), {"patient_number": GUNHILD.number}).status_code == 403
    assert models.Consent.objects.get().ended_at is None


def test_another_providers_acts_are_not_even_there(acts):
    client = clerk(HEMSJUKVARD, "pia")
    for act in acts.values():
        assert client.get(page_of(act)).status_code == 302
        assert stop(client, act, "annul").status_code in (302, 403)
        act.refresh_from_db()
        assert (act.ended_at, act.annulled_at) == (None, None)


def test_ended_assignment_stops_nothing(nils, acts):
    Assignment.objects.filter(user__username="nils").update(is_active=False)
    assert stop(nils, acts["consent"]).status_code in (302, 403)
    assert models.Consent.objects.get().ended_at is None


def test_other_acts_stay_for_reading(nils, acts):
    shared = {"dossier": open_dossier(GUNHILD).dossier, "provider_id": FJALL.hsa_id, "unit_id": AKUTEN.hsa_id}
    request = models.LiftRequest.objects.create(**shared, recorded_by="X", asked_provider_id="SE1")
    assert BUTTON not in text_of(nils.get(page_of(request)))
    assert nils.post(page_of(request), {"how": "end", "change_reason": "x"}).status_code == 403


# Blocks. -------------------------------------------------------------------------------------------


def block(client: Client, **fields: Any) -> Any:
    sent = {"patient_number": "19390813-9060", "kind": "inner", "unit": PSYKIATRI.hsa_id, "first_day": "",
            "last_day": "", "change_reason": "begärd i brev"}  # fmt: skip
    return client.post(reverse(BLOCK_PAGE), {**sent, **fields})


def test_block_is_recorded_by_the_whole_number_which_stands_in_no_address(nils):
    response = block(nils, first_day="2026-01-01", last_day="2026-02-01", excluded=["upp", "lak"])
    assert response.status_code == 302
    made = models.Block.objects.get()
    assert made.dossier.as_person() == GUNHILD
    assert (made.kind, made.unit_id, made.provider_id) == ("inner", PSYKIATRI.hsa_id, FJALL.hsa_id)
    assert (str(made.first_day), str(made.last_day)) == ("2026-01-01", "2026-02-01")
    assert (made.excluded_types, made.reason) == (["lak", "upp"], "begärd i brev")
    assert "0813" not in response.url
    row = last_row()
    assert (row.event, row.patient(), row.reason) == ("block_recorded", GUNHILD, "begärd i brev")
    page = text_of(nils.get(page_of(made)))
    assert "19390813-••••" in page
    assert GUNHILD.number not in page.replace("-", "")


def test_outer_block_needs_no_unit(nils):
    assert block(nils, kind="outer", unit="").status_code == 302
    assert models.Block.objects.get().unit_id == ""


FLAWED: dict[str, tuple[dict[str, Any], str]] = {
    "a wrong digit": ({"patient_number": "193908139061"}, "tolv siffror"),
    "ten digits": ({"patient_number": "390813-9060"}, "tolv siffror"),
    "no number": ({"patient_number": ""}, "måste fyllas i"),
    "inner without unit": ({"unit": ""}, "Ange vilken enhets uppgifter som spärras."),
    "another provider's unit": ({"unit": HEMSJUKVARD.hsa_id}, "giltigt alternativ"),
    "days in the wrong order": (
        {"first_day": "2026-02-02", "last_day": "2026-02-01"},
        "Sista dagen ligger före den första.",
    ),
    "a type that stays blocked": ({"excluded": ["dia"]}, "giltigt"),
    "no reason": ({"change_reason": ""}, "måste fyllas i"),
    "a number in the reason": ({"change_reason": "gäller 193908139060"}, "Skriv inget personnummer"),
}


@pytest.mark.parametrize("flaw", FLAWED)
def test_flawed_block_is_refused_beside_its_field(nils, flaw):
    fields, words = FLAWED[flaw]
    assert words in text_of(block(nils, **fields))
    assert not models.Block.objects.exists()
    assert not AccessEvent.objects.filter(event="block_recorded").exists()


def test_page_offers_the_own_providers_units_alone(nils):
    page = text_of(nils.get(reverse(BLOCK_PAGE)))
    assert "Spärren gäller uppgifter hos Region Fjäll." in page
    assert "Psykiatri" in page
    assert "Hemsjukvården" not in page
    assert "Hemsjukvården" in text_of(clerk(HEMSJUKVARD, "pia").get(reverse(BLOCK_PAGE)))
    assert "Hemsjukvården" not in text_of(nils.get(reverse(BLOCK_PAGE)))


def test_without_a_log_no_block_and_no_dossier_is_made(nils):
    with LostLog():
        response = block(nils, patient_number=MILO.number)
    assert "kunde inte skrivas i åtkomstloggen" in text_of(nils.get(response.url))
    assert not models.Block.objects.exists()
    assert not models.Dossier.objects.exists()


def test_name_of_a_provider_is_no_markup(nils):
    models.CareProvider.objects.filter(pk=FJALL.hsa_id).update(name="<script>alert(1)</script>")
    response = nils.get(reverse(BLOCK_PAGE))
    assert b"<script>alert" not in response.content


def test_clerk_searches_for_patients_among_her_own(nils, acts):
    recording.confirm_relation(by(reader(HEMSJUKVARD, hsa_id="SE2120000019-P777"), MILO))
    page = text_of(nils.post(list_of("carerelation"), {"q": MILO.number}))
    assert "<tbody>" not in page or "20171003" not in page
    assert "19390813-••••" in text_of(nils.post(list_of("carerelation"), {"q": GUNHILD.number}))
