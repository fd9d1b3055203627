"""The ledger up to platinum: what a machine can see it looks at itself, and people are told in words."""

from dataclasses import replace
from pathlib import Path

import pytest
from django.utils.translation import override

from connectors.base.quality import RULES, Entry, Ledger, Tier, find_flaws, ledger_of, reached_tier
from connectors.base.registry import connector_classes
from connectors.grading import quality_told, quality_words
from connectors.labels import RULE_LABELS, TIER_LABELS
from tests.faults.systems import SYSTEMS

CONNECTORS = connector_classes()


def all_but(*waiting: str) -> Ledger:
    states = {rule.name: Entry("todo" if rule.name in waiting else "done") for rule in RULES}
    return Ledger(Tier.PLATINUM, states)


@pytest.mark.parametrize(
    ("waiting", "tier"),
    [((), Tier.PLATINUM), (("in_operation",), Tier.GOLD), (("vendor_review",), Tier.SILVER),
     (("partial", "in_operation"), Tier.BRONZE), (("readme",), Tier.NONE)],
)  # fmt: skip
def test_a_tier_holds_all_below_it(waiting, tier):
    assert reached_tier(all_but(*waiting)) is tier


def test_every_tier_and_rule_has_its_words():
    assert TIER_LABELS.keys() == set(Tier)
    assert RULE_LABELS.keys() == {rule.name for rule in RULES}


def test_a_slow_promise_is_seen(monkeypatch):
    cosmic = CONNECTORS["cosmic"]
    monkeypatch.setattr(cosmic, "manifest", replace(cosmic.manifest, deadline_s=8.0))
    assert "in_time: said to be done, but is not" in find_flaws(cosmic)


def test_a_missing_answer_of_many_is_seen(monkeypatch):
    from connectors.cosmic import scenarios

    monkeypatch.setattr(scenarios, "SCENARIOS", replace(scenarios.SCENARIOS, many=None))
    assert "many_records: said to be done, but is not" in find_flaws(CONNECTORS["cosmic"])


@pytest.mark.parametrize(
    "code",
    ["def f(a) -> int: ...", "def f(a: int): ...", "class C:\n    async def f(self, *, b) -> None: ..."],
)
def test_an_untyped_function_is_seen(monkeypatch, tmp_path, code):
    (tmp_path / "mapping.py").write_text(code, "utf-8")
    for name in ("README.md", "quality.toml"):
        source = Path("connectors/cosmic") / name
        (tmp_path / name).write_text(source.read_text("utf-8"), "utf-8")
    monkeypatch.setattr("connectors.base.quality.folder_of", lambda _: tmp_path)
    assert "typed: said to be done, but is not" in find_flaws(CONNECTORS["cosmic"])


@pytest.mark.parametrize("slug", sorted(CONNECTORS))
def test_searched_is_said_of_those_whose_parsers_are_searched(slug):
    is_searched = slug in {system.connector for system in SYSTEMS}
    assert (ledger_of(CONNECTORS[slug]).entries["searched"].state == "done") is is_searched


def test_people_are_told_in_both_languages():
    assert quality_words("viva") == "Kvalitetsnivå: brons · Antaget gränssnitt"
    with override("en"):
        assert quality_words("ips") == "Quality: silver"
    assert quality_words("nowhere") == ""


def test_the_administration_is_told_what_is_left():
    told = quality_told("ips")
    assert told.startswith("Kvalitetsnivå: silver. Kvar: ")
    assert "provad mot leverantörens testmiljö" in told
    assert "skyddar sina hemligheter" not in told
