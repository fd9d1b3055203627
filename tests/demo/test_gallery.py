"""The gallery has one of everything: each state, flag, fault and notice, and each template of a component."""

import re
from pathlib import Path

import pytest
from django.test import Client

from connectors.base.contract import Fault
from consent.ruling import Notice
from portal.aggregation.states import Flag, State
from portal.errors import STATUS

pytestmark = [pytest.mark.demo, pytest.mark.sqlite, pytest.mark.django_db]

ROOT = Path(__file__).resolve().parents[2] / "templates"
# Whole pages, and what only puts components together: these are not components.
PAGES = {"overview", "frame", "changed", "report", "sources", "release", "timeline", "search", "found"}
# What asks for a signed-in reader, and the lists in which a page puts its components.
ELSEWHERE = {"components/places.html"} | {
    f"overview/{name}.html" for name in ("tiles", "source_line", "source_lines")
}


@pytest.fixture
def shown() -> tuple[str, set[str]]:
    reply = Client().get("/demo/galleri/")
    assert reply.status_code == 200
    return reply.content.decode(), {template.name for template in reply.templates if template.name}


def test_every_state_and_every_flag(shown: tuple[str, set[str]]) -> None:
    page, _ = shown
    assert set(re.findall(r'data-state="(\w+)"', page)) == {state.value for state in State}
    assert set(re.findall(r'data-flag="(\w+)"', page)) == {flag.value for flag in Flag}


def test_every_fault_notice_and_word_about_limitations(shown: tuple[str, set[str]]) -> None:
    page, _ = shown
    for fault in Fault:
        assert f"<b>{fault.value}</b>" in page
    assert set(re.findall(r'class="notice (\w+)"', page)) == {notice.value for notice in Notice}
    assert set(re.findall(r'data-safety="(\w+)"', page)) == {"limits", "none", "unknown", "closed", "waiting"}


def test_every_template_of_a_component(shown: tuple[str, set[str]]) -> None:
    _, used = shown
    components = {
        path.relative_to(ROOT).as_posix()
        for folder in ("components", "overview")
        for path in (ROOT / folder).glob("*.html")
        if folder == "components" or path.stem not in PAGES
    }
    assert components - ELSEWHERE - used == set()


@pytest.mark.parametrize("name", STATUS)
def test_every_error_page_can_be_looked_at(name: str) -> None:
    reply = Client().get(f"/demo/galleri/fel/{name}/")
    assert reply.status_code == 200
    assert "0123456789ab" in reply.content.decode()
