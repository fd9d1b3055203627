"""Loggkontroll as the demo's reviewer meets it: over HTTP, with views that the invented staff really made."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from consent import reviewing
from consent.accesslog.events import Event
from consent.accesslog.model import AccessEvent
from consent.models import ReviewDraw, ReviewItem
from demo.people import BY_LETTER
from demo.people.places import HEMSJUKVARDEN
from portal.accounts.models import User
from tests.people.worlds import _django_db_helper, module_people, people
from tests.reading import elements_of
from tests.walking import Reader, Reply

__all__ = ["_django_db_helper", "module_people", "people"]

pytestmark = [pytest.mark.demo, pytest.mark.network]

NOTE = "Inskriven i hemsjukvården, planerat besök."
GUNHILD, MILO, SAGA = BY_LETTER["A"], BY_LETTER["F"], BY_LETTER["H"]
CLINICIANS = ("hemsjukvard", "akuten", "distrikt", "ambulans", "hemtjanst", "bistand", "samtycke")


def visit(persona: str, letter: str, *details: str) -> Reader:
    reader = Reader().sign_in(persona)
    assert reader.search(BY_LETTER[letter].number).status == 302
    reader.overview()
    for kind in details:
        assert reader.detail(kind).status == 200
    return reader


def after_the_month() -> datetime:
    now = timezone.now()
    return reviewing.bounds_of(reviewing.month_of(now))[1] + timedelta(days=1)


def draw_all() -> ReviewDraw:
    """The month that runs, drawn as if it were over."""
    now = timezone.now()
    reviewing.draw_month(reviewing.month_of(now), after_the_month())
    return ReviewDraw.objects.get(unit_id=HEMSJUKVARDEN.hsa)


def granskare() -> Reader:
    return Reader().sign_in("granskare")


def page(reader: Reader, name: str, *args: Any) -> str:
    reply = reader.get(reverse(name, args=args))
    assert reply.status == 200, (reply.status, reply.body[:800])
    return reply.body


def text_of(html: str) -> str:
    return re.sub(
        r"\s+", " ", " ".join(element.text for element in elements_of(html) if element.tag == "body")
    )


def judge(reader: Reader, item: ReviewItem, **more: str) -> Reply:
    given = {"finding": "justified", "action": "none", "note": NOTE, "judged": "0", **more}
    return reader.post(reverse("review_item", args=[item.pk]), given)


def read_rows() -> list[AccessEvent]:
    return list(AccessEvent.objects.filter(event=Event.LOG_READ).order_by("seq"))


# Who gets in. ------------------------------------------------------------------------------------------


def without_id(reply: Reply) -> tuple[int, str]:
    """Without error id and form token, and without the address that the choice of language leads back to."""
    body = re.sub(r'name="(csrfmiddlewaretoken|next)" value="[^"]*"', "", reply.body)
    return reply.status, re.sub(r"[0-9a-f]{12}", "", body)


@pytest.mark.parametrize("persona", CLINICIANS)
def test_for_everybody_else_there_are_no_such_pages(people: object, persona: str) -> None:
    visit("hemsjukvard", "A")
    draw = draw_all()
    item = draw.items.all()[0]
    reader = Reader().sign_in(persona)
    nowhere = without_id(reader.get("/loggkontrollen/"))
    assert nowhere[0] == 404
    for name, args in (
        ("review_home", ()),
        ("review_draw", (draw.pk,)),
        ("review_item", (item.pk,)),
        ("extract_order", ()),
    ):
        assert without_id(reader.get(reverse(name, args=args))) == nowhere, name
    reader.search(GUNHILD.number)  # a handle of her own, as good as any
    extract = f"{reverse('extract', args=[reader.handle])}?from=2026-01-01&to=2026-12-31"
    assert without_id(reader.get(extract)) == nowhere
    nowhere = without_id(reader.post("/loggkontrollen/", {"number": GUNHILD.number}))
    assert nowhere[0] == 404
    for name, args in (("review_item", (item.pk,)), ("review_number", (item.pk,)), ("extract_order", ())):
        assert without_id(reader.post(reverse(name, args=args), {"number": GUNHILD.number})) == nowhere
    posted = {"unit": HEMSJUKVARDEN.hsa, "month": draw.month.isoformat()}
    assert without_id(reader.post(reverse("review_make_draw"), posted)) == nowhere
    item.refresh_from_db()
    assert item.reviewed_at is None


def test_who_is_not_signed_in_is_asked_to(people: object) -> None:
    visit("hemsjukvard", "A")
    item = draw_all().items.all()[0]
    pages: list[tuple[str, list[Any]]] = [
        ("review_home", []),
        ("review_draw", [item.draw_id]),
        ("review_item", [item.pk]),
        ("own_views", []),
    ]
    for name, args in pages:
        reply = Reader().get(reverse(name, args=args))
        assert reply.status == 302
        assert reply.location.startswith(reverse("account_login"))
    assert judge(Reader(), item).status == 302
    item.refresh_from_db()
    assert item.reviewed_at is None


def test_who_has_no_assignment_is_asked_for_one(people: object) -> None:
    reader = Reader().sign_in("admin")
    for name in ("review_home", "extract_order", "own_views"):
        reply = reader.get(reverse(name))
        assert (reply.status, reply.location.partition("?")[0]) == (302, reverse("choose_assignment"))


def test_links_are_where_they_lead_somewhere(people: object) -> None:
    assert f'href="{reverse("review_home")}"' in page(granskare(), "home")
    nurse = page(Reader().sign_in("hemsjukvard"), "home")
    assert f'href="{reverse("own_views")}"' in nurse
    assert reverse("review_home") not in nurse
    assert reverse("extract_order") not in nurse


def test_another_providers_draws_are_not_there(people: object) -> None:
    visit("akuten", "A")
    draw_all()
    theirs = ReviewItem.objects.filter(draw__unit_id__startswith="SE2321000016").first()
    assert theirs is not None
    reader = granskare()
    for name, pk in (("review_item", theirs.pk), ("review_draw", theirs.draw_id)):
        assert reader.get(reverse(name, args=(pk,))).status == 404
    assert judge(reader, theirs).status == 404
    assert reader.post(reverse("review_number", args=[theirs.pk])).status == 404
    posted = {"unit": theirs.draw.unit_id, "month": theirs.draw.month.isoformat()}
    assert reader.post(reverse("review_make_draw"), posted).status == 404


# Progress and lists. -----------------------------------------------------------------------------------


def test_progress_shows_own_units_in_words(people: object) -> None:
    visit("hemsjukvard", "A", "home_care")
    draw = draw_all()
    reader = granskare()
    body = text_of(page(reader, "review_home"))
    total = draw.items.count()
    assert f"0 av {total} bedömda, {total} kvar." in body
    assert "Nattpatrullen" in body
    assert "Akuten" not in body
    judge(reader, draw.items.all()[0])
    assert f"1 av {total} bedömda, {total - 1} kvar." in text_of(page(reader, "review_home"))


def test_progress_has_a_bar_that_says_what_it_is(people: object) -> None:
    visit("hemsjukvard", "A")
    draw = draw_all()
    bars = [e for e in elements_of(page(granskare(), "review_home")) if e.tag == "progress"]
    assert [(bar.attributes["max"], bar.attributes["value"]) for bar in bars] == [
        (str(draw.items.count()), "0")
    ]
    assert "Hemsjukvården" in bars[0].attributes["aria-label"]


def test_a_reviewer_draws_the_month_herself_and_it_is_logged(people: object) -> None:
    visit("hemsjukvard", "A", "home_care")
    with time_machine.travel(after_the_month(), tick=True):
        reader = granskare()
        assert "Urvalet är inte draget." in text_of(page(reader, "review_home"))
        month = reviewing.month_before(reviewing.month_of(timezone.now()))
        posted = {"unit": HEMSJUKVARDEN.hsa, "month": month.isoformat()}
        reply = reader.post(reverse("review_make_draw"), posted)
        draw = ReviewDraw.objects.get()
        assert reply.location == reverse("review_draw", args=[draw.pk])
        assert reviewing.is_complete(draw)
    assert {"draw": HEMSJUKVARDEN.hsa, "month": f"{month:%Y-%m}", "in": "review"} in [
        r.detail for r in read_rows()
    ]


@pytest.mark.parametrize("month", ["", "igår", "0001-01-01", "1999-05-01", "9999-12-31"])
def test_months_that_cannot_be_are_not_drawn(people: object, month: str) -> None:
    reply = granskare().post(reverse("review_make_draw"), {"unit": HEMSJUKVARDEN.hsa, "month": month})
    assert reply.status == 404
    assert not ReviewDraw.objects.exists()


def test_the_list_names_readers_and_reasons_and_no_patient(people: object) -> None:
    visit("hemsjukvard", "E")
    draw = draw_all()
    body = page(granskare(), "review_draw", draw.pk)
    assert "Anja Fjellström" in body
    assert "Skyddade personuppgifter" in text_of(body)
    assert BY_LETTER["E"].number[:8] not in body
    assert read_rows()[-1].detail["draw"] == draw.pk


# One view. ---------------------------------------------------------------------------------------------


def test_a_view_is_told_in_plain_words(people: object) -> None:
    visit("hemsjukvard", "A", "home_care")
    draw = draw_all()
    item = draw.items.order_by("viewed_at").last()
    assert item is not None
    body = text_of(page(granskare(), "review_item", item.pk))
    for words in (
        "Anja Fjellström, Sjuksköterska",
        "SE2120000019-2V01",
        "Hemsjukvården",
        "Vård och behandling",
        "Öppnade Hemsjukvård",
        "Uppgifter visades",
        "Enhetens egna uppgifter",
        "Viva hälso- och sjukvård svarade",
        "Slumpvis",
        "1939••••-••••",
    ):
        assert words in body, words
    assert "Sökte på numret" in body  # what else the reader did with the patient
    assert "Öppnade översikten" in body


def test_the_number_shows_when_asked_for_and_that_is_logged_with_the_patient(people: object) -> None:
    visit("hemsjukvard", "A")
    item = draw_all().items.all()[0]
    reader = granskare()
    hidden = page(reader, "review_item", item.pk)
    assert read_rows()[-1].patient() is None
    assert read_rows()[-1].detail["item"] == str(item.pk)
    shown = reader.post(reverse("review_number", args=[item.pk]))
    for number in (GUNHILD.number, f"{GUNHILD.number[:8]}-{GUNHILD.number[8:]}", GUNHILD.number[:8]):
        assert number not in hidden
    assert f"{GUNHILD.number[:8]}-{GUNHILD.number[8:]}" in shown.body
    row = read_rows()[-1]
    patient = row.patient()
    assert patient is not None
    assert (patient.number, row.detail["item"]) == (GUNHILD.number, str(item.pk))


def test_an_emergency_is_told_with_its_obstacle(people: object) -> None:
    reader = Reader().sign_in("hemsjukvard")
    reader.search(BY_LETTER["C"].number)
    reader.act("emergency", obstacle="unconscious")
    reader.act("emergency_names")
    reader.overview()
    items = [i for i in draw_all().items.all() if "emergency" in i.reasons]
    assert items
    body = text_of(page(granskare(), "review_item", items[-1].pk))
    assert "Nödöppning" in body
    assert "Registrerade en nödsituation (medvetslös)" in body


def test_a_judgement_is_saved_and_leads_to_the_next(people: object) -> None:
    visit("hemsjukvard", "A", "home_care")
    draw = draw_all()
    first, second, *_ = draw.items.order_by("viewed_at")
    reader = granskare()
    reply = judge(reader, first)
    assert (reply.status, reply.location) == (302, reverse("review_item", args=[second.pk]))
    body = text_of(page(reader, "review_item", first.pk))
    assert NOTE in body
    assert "Eva Kittelsro" in body
    row = AccessEvent.objects.get(event=Event.LOG_REVIEWED)
    assert row.detail["item"] == str(first.pk)
    assert NOTE not in str(row.detail)


def test_without_all_three_nothing_is_saved_and_what_was_written_stays(people: object) -> None:
    visit("hemsjukvard", "A")
    item = draw_all().items.all()[0]
    reply = judge(granskare(), item, finding="")
    assert reply.status == 422
    assert "Bedömning, åtgärd och anteckning behövs alla tre." in reply.body
    assert NOTE in reply.body
    item.refresh_from_db()
    assert item.reviewed_at is None


def test_one_judgement_for_a_whole_visit(people: object) -> None:
    visit("hemsjukvard", "A", "home_care", "diagnosis")
    visit("hemsjukvard", "D")
    draw = draw_all()
    gunhilds = [i for i in draw.items.all() if _patient_of(i) == GUNHILD.number]
    reader = granskare()
    assert f"Gäller också {len(gunhilds) - 1} andra dragna visningar" in page(
        reader, "review_item", gunhilds[0].pk
    )
    judge(reader, gunhilds[0], also="yes")
    judged = draw.items.filter(reviewed_at__isnull=False)
    assert {i.pk for i in judged} == {i.pk for i in gunhilds}


def _patient_of(item: ReviewItem) -> str:
    row = AccessEvent.objects.filter(view_id=item.view_id).first()
    assert row is not None
    patient = row.patient()
    assert patient is not None
    return patient.number


def test_a_correction_stands_below_the_first(people: object) -> None:
    visit("hemsjukvard", "A")
    item = draw_all().items.all()[0]
    reader = granskare()
    judge(reader, item)
    reply = judge(reader, item, finding="unjustified", action="reported", note="Rättat.", judged="1")
    assert reply.status == 302
    body = text_of(page(reader, "review_item", item.pk))
    assert body.index(NOTE) < body.index("Rättat.")


def test_an_old_form_does_not_overwrite_a_newer_judgement(people: object) -> None:
    visit("hemsjukvard", "A")
    item = draw_all().items.all()[0]
    reader = granskare()
    judge(reader, item)
    reply = judge(reader, item, note="Från en annan flik.")
    assert reply.status == 409
    assert "Någon annan har bedömt visningen" in reply.body
    item.refresh_from_db()
    assert item.note is not None
    assert "annan flik" not in item.note


def test_the_reviewers_own_view_waits_for_somebody_else(people: object) -> None:
    """Eva also nurses: what she opened then she neither sees the details of here nor judges."""
    visit("hemsjukvard", "A")
    eva = User.objects.get(username="granskare")
    draw = draw_all()
    draw.items.update(user_hsa_id=eva.hsa_id)
    reader = granskare()
    assert "Din egen, någon annan bedömer" in page(reader, "review_draw", draw.pk)
    item = draw.items.all()[0]
    body = page(reader, "review_item", item.pk)
    assert "Någon annan måste bedöma den." in body
    assert "1939" not in body
    assert 'name="finding"' not in body
    assert judge(reader, item).status == 403
    assert reader.post(reverse("review_number", args=[item.pk])).status == 404
    item.refresh_from_db()
    assert item.reviewed_at is None


# Mina visningar. ---------------------------------------------------------------------------------------


def test_everybody_reads_what_she_opened_herself(people: object) -> None:
    visit("hemsjukvard", "A", "home_care")
    visit("akuten", "M")
    reader = Reader().sign_in("hemsjukvard")
    body = page(reader, "own_views")
    words = text_of(body)
    for said in (
        "Öppnade Hemsjukvård",
        "Öppnade översikten",
        "Sökte på numret",
        "1939••••-••••",
        "Enhetens egna",
    ):
        assert said in words, said
    assert "1912" not in words
    for hidden in (GUNHILD.number, GUNHILD.number[:8], GUNHILD.family_name):
        assert hidden not in body
    row = read_rows()[-1]
    assert (row.detail["own"], row.patient()) == (True, None)


def test_own_views_of_one_day(people: object) -> None:
    visit("hemsjukvard", "A")
    reader = Reader().sign_in("hemsjukvard")
    today = timezone.localdate()
    for day, expected in ((today, True), (today - timedelta(days=1), False)):
        body = text_of(reader.get(f"{reverse('own_views')}?day={day.isoformat()}").body)
        assert ("Öppnade översikten" in body) is expected


@pytest.mark.parametrize(
    "query", ["day=x", "day=0001-01-01", "day=9999-12-31", "page=0", "page=-1", "page=x", "page=²"]
)
def test_odd_addresses_of_own_views_are_answered(people: object, query: str) -> None:
    assert Reader().sign_in("hemsjukvard").get(f"{reverse('own_views')}?{query}").status == 200


def test_own_views_come_a_page_at_a_time(people: object) -> None:
    reader = visit("hemsjukvard", "A", *["home_care"] * 60)
    first = reader.get(reverse("own_views")).body
    second = reader.get(f"{reverse('own_views')}?page=2").body
    assert first.count("Öppnade Hemsjukvård") == 50
    assert second.count("Öppnade Hemsjukvård") == 10
    assert "Sökte på numret" in second
    assert "Äldre" in first
    assert "Äldre" not in second
