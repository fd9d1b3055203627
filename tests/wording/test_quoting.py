"""In English a source's Swedish is marked as Swedish, our own English beside it is not (WCAG 2.2, 3.1.2)."""

import re
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from connectors.base.kinds import CareContact, ContactForm, HomeCare, HomeCareAspect, SocialService
from connectors.base.records import Phone, Record
from consent.vocabulary import Kind
from portal.overview.presenters.details import present_items
from portal.overview.presenters.quoting import quoted
from portal.overview.presenters.tiles import present_tile
from portal.overview.templatetags.page import said
from tests.aggregation.examples import ago, record
from tests.wording.test_languages import read

STAY = record(CareContact, form=ContactForm.INPATIENT, start=ago(3))
TASK = record(
    HomeCare,
    title="Såromläggning",
    aspect=HomeCareAspect.TASK,
    detail="tisdag och fredag",
    phones=(Phone("070-1740611"),),
)
ALARM = record(SocialService, title="Trygghetslarm", end=ago(-9))


def swedish_in(html: str) -> list[str]:
    return re.findall(r'lang="sv">([^<]*)<', html)


def ours_in(html: str) -> str:
    return re.sub(r"<[^>]*>", "", re.sub(r'<span lang="sv">[^<]*</span>', "…", html))


@pytest.mark.parametrize(
    ("kind", "made", "swedish", "ours"),
    [
        (Kind.CARE_CONTACT, STAY, ["Akuten"], "Inpatient, …, since 9 Mar"),
        (Kind.HOME_CARE, TASK, ["Såromläggning"], "…, nurse 070-1740611"),
        (Kind.SOCIAL_SERVICE, ALARM, ["Trygghetslarm"], "… through 21 Mar"),
    ],
)
@pytest.mark.parametrize("template", ["overview/tile.html", "paper/row.html"])
def test_what_a_source_wrote_within_a_sentence_of_ours_keeps_its_language(
    kind: Kind, made: Record, swedish: list[str], ours: str, template: str
) -> None:
    with translation.override("en"):
        tile = present_tile(read(kind, made)[0], "a-handle", 1, "")
        html = render_to_string(template, {"tile": tile, "row": {"tile": tile}})
    headline = html.partition('class="headline">')[2].partition("</bdi>")[0]
    assert swedish_in(headline) == swedish
    assert ours_in(headline).strip() == ours


def test_so_do_the_facts_of_a_list_and_their_labels_do_not() -> None:
    with translation.override("en"):
        reading, outcomes = read(Kind.HOME_CARE, TASK)
        facts = {fact.label: said(fact.value) for fact in present_items(reading, outcomes)[0].facts}
    assert facts["Content"] == '<bdi lang="sv">tisdag och fredag</bdi>'
    assert facts["Kind"] == "<bdi>Task</bdi>"


def test_in_swedish_nothing_is_marked() -> None:
    tile = present_tile(read(Kind.HOME_CARE, TASK)[0], "a-handle", 1, "")
    assert "lang=" not in render_to_string("overview/tile.html", {"tile": tile})


@pytest.mark.parametrize(
    ("words", "title", "parts"),
    [
        ("Plan, ended", "Plan", (("Plan", True), (", ended", False))),
        ("Planner, ended", "Plan", (("Planner, ended", False),)),
        ("Careplan, ended", "plan", (("Careplan, ended", False),)),
        ("5 current", "5", ()),
        ("A (b) c+ d", "(b) c+", (("A ", False), ("(b) c+", True), (" d", False))),
    ],
)
def test_only_whole_words_and_only_words(words: str, title: str, parts: Any) -> None:
    with translation.override("en"):
        made = quoted(words, [record(SocialService, title=title)])
    assert made == words
    assert tuple(getattr(made, "parts", ())) == parts


def test_a_source_cannot_slip_markup_in_by_its_words() -> None:
    text = "<b>x</b>"
    with translation.override("en"):
        html = said(quoted(f"{text}, ended", [record(SocialService, title=text)]))
    assert html == '<bdi><span lang="sv">&lt;b&gt;x&lt;/b&gt;</span>, ended</bdi>'
