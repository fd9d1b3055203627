"""What stops start-up: an overlooked connector, a flawed manifest, a ledger that lies."""

from dataclasses import replace
from types import SimpleNamespace

from connectors.base.contract import Setting
from connectors.base.quality import Entry, Ledger, Tier, find_flaws, reached_tier, read_ledger
from connectors.base.registry import connector_classes
from connectors.checks import check_bronze, check_connectors


def test_installed_connectors_are_sound():
    assert check_connectors(None) == []
    assert check_bronze(None) == []


def test_connector_listed_as_a_module_is_caught(monkeypatch):
    monkeypatch.setattr("connectors.checks.settings", SimpleNamespace(INSTALLED_APPS=["connectors.cosmic"]))
    (error,) = check_connectors(None)
    assert error.id == "connectors.E001"
    assert "connectors.cosmic.apps.CosmicConfig" in error.msg


def test_flawed_manifest_is_caught(monkeypatch):
    cosmic = connector_classes()["cosmic"]
    twice = (Setting("a", "A"), Setting("a", "A"))
    flawed = replace(cosmic.manifest, contract=99, settings=twice, deadline_s=0)
    monkeypatch.setattr(cosmic, "manifest", flawed)
    assert [error.id for error in check_connectors(None)].count("connectors.E004") == 3


def test_two_connectors_of_one_name_are_caught(monkeypatch):
    cosmic = connector_classes()["cosmic"]
    monkeypatch.setattr(cosmic, "manifest", replace(cosmic.manifest, slug="viva"))
    assert "connectors.E002" in {error.id for error in check_connectors(None)}


def ledger(**states):
    return Ledger(Tier.BRONZE, {name: Entry(state) for name, state in states.items()})


def test_todo_in_bronze_reaches_nothing():
    assert reached_tier(ledger(manifest="todo")) is Tier.NONE


def test_claimed_secrets_are_confirmed(monkeypatch):
    cosmic = connector_classes()["cosmic"]
    open_secret = (Setting("client_secret", "Hemlighet"),)
    monkeypatch.setattr(cosmic, "manifest", replace(cosmic.manifest, settings=open_secret))
    assert "secrets: said to be done, but is not" in find_flaws(cosmic)


def test_assumed_interface_never_rises_above_bronze(tmp_path):
    viva = connector_classes()["viva"]
    rules = "\n".join(f'{rule} = "done"' for rule in (
        "manifest", "readme", "conformance", "secrets", "probe", "origin", "real_messages", "partial",
        "vendor_environment", "vendor_review",
    ))  # fmt: skip
    (tmp_path / "quality.toml").write_text(f'tier = "gold"\n[rules]\n{rules}\n')
    flaws = find_flaws(viva, read_ledger(tmp_path / "quality.toml"))
    assert "tier: an assumed interface never rises above bronze" in flaws


def test_exemption_needs_a_reason(tmp_path):
    path = tmp_path / "quality.toml"
    path.write_text('tier = "bronze"\n[rules]\norigin = { exempt = "" }\n')
    assert any("exempt with a reason" in str(flaw) for flaw in [_read(path)])


def _read(path):
    try:
        return read_ledger(path)
    except ValueError as error:
        return error
