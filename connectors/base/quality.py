"""The quality ledger: what each connector lives up to, rule by rule, and a checker of its word.

A ledger is ``quality.toml`` beside the connector: a claimed tier and, for every rule, ``done``, ``todo``
or a table ``{ exempt = "reason" }``. An assumed interface never rises above bronze.
"""

import ast
import functools
import importlib
import inspect
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from connectors.base.contract import CONTRACT_VERSION, Connector


class Tier(StrEnum):
    """How far a connector has come; each tier holds all rules of the ones before it."""

    NONE = "none"
    BRONZE = "bronze"
    SILVER = "silver"
    GOLD = "gold"
    PLATINUM = "platinum"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. ``confirm`` looks for itself where code can tell; without it the ledger's word stands."""

    name: str
    tier: Tier
    meaning: str
    confirm: Callable[[type[Connector]], bool] | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    state: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Ledger:
    tier: Tier
    entries: Mapping[str, Entry]


def package_of(connector: type[Connector]) -> str:
    return connector.__module__.rpartition(".")[0]


def folder_of(connector: type[Connector]) -> Path:
    return Path(inspect.getfile(connector)).parent


def _has_readme(connector: type[Connector]) -> bool:
    readme = folder_of(connector) / "README.md"
    if not readme.is_file():
        return False
    text = readme.read_text(encoding="utf-8")
    return connector.manifest.is_public_interface or "antaget gränssnitt" in text.lower()


def _has_scenarios(connector: type[Connector]) -> bool:
    try:
        module = importlib.import_module(f"{package_of(connector)}.scenarios")
    except ImportError:
        return False
    return bool(getattr(module, "SCENARIOS", None))


def _hides_secrets(connector: type[Connector]) -> bool:
    words = ("secret", "token", "key", "password")
    return all(s.is_secret for s in connector.manifest.settings if s.name.endswith(words))


def _has_many(connector: type[Connector]) -> bool:
    """Two hundred records in one answer, and a stranger's at any place among them."""
    try:
        module = importlib.import_module(f"{package_of(connector)}.scenarios")
    except ImportError:
        return False
    return getattr(getattr(module, "SCENARIOS", None), "many", None) is not None


def _is_typed(connector: type[Connector]) -> bool:
    """Every function of the package says what it takes and what it gives."""
    for file in folder_of(connector).glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            taken = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
            if node.returns is None or any(
                a.annotation is None and a.arg not in ("self", "cls") for a in taken
            ):
                return False
    return True


def _is_in_time(connector: type[Connector]) -> bool:
    return connector.manifest.deadline_s <= PAGE_WAITS_S


RULES = (
    Rule("manifest", Tier.BRONZE, "Manifest with slug, label and this contract version",
         lambda c: c.manifest.contract == CONTRACT_VERSION and bool(c.manifest.slug and c.manifest.label)),
    Rule("readme", Tier.BRONZE, "README: what is shown, what cannot be, whose it is; what is assumed",
         _has_readme),
    Rule("conformance", Tier.BRONZE, "Declares scenarios and passes the inherited suite", _has_scenarios),
    Rule("secrets", Tier.BRONZE, "Every secret setting is marked as one", _hides_secrets),
    Rule("probe", Tier.BRONZE, "Probe reaches the source without naming a patient"),
    Rule("origin", Tier.SILVER, "Every record names owner and unit, or says that the unit is assumed"),
    Rule("real_messages", Tier.SILVER, "Reads messages made by others, unmodified"),
    Rule("partial", Tier.SILVER, "What could not be fetched is reported as absent, never as empty"),
    Rule("vendor_environment", Tier.GOLD, "Tried against the vendor's own test environment"),
    Rule("vendor_review", Tier.GOLD, "Mapping read and approved by somebody who knows the system"),
    Rule("in_time", Tier.PLATINUM, "Promises an answer while the page still waits for it", _is_in_time),
    Rule("many_records", Tier.PLATINUM, "Reads two hundred records, and finds a stranger's at any place",
         _has_many),
    Rule("typed", Tier.PLATINUM, "Every function says what it takes and gives", _is_typed),
    Rule("searched", Tier.PLATINUM, "Parsers searched with 200,000 made-up replies, nothing uncaught"),
    Rule("in_operation", Tier.PLATINUM, "Thirty days in operation at a provider, every fault explained"),
)  # fmt: skip
_ORDER = (Tier.BRONZE, Tier.SILVER, Tier.GOLD, Tier.PLATINUM)
# The page is final after five seconds; a source has the first four.
PAGE_WAITS_S = 4.0


class FlawedLedger(ValueError):
    """A ledger that cannot be read."""


def read_ledger(path: Path) -> Ledger:
    """Raises FlawedLedger."""
    try:
        content: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        tier = Tier(content["tier"])
        entries = {name: _read_entry(value) for name, value in content["rules"].items()}
    except (OSError, ValueError, KeyError, AttributeError) as error:
        raise FlawedLedger(f"{path.name}: {error}") from None
    return Ledger(tier, entries)


@functools.cache
def ledger_of(connector: type[Connector]) -> Ledger:
    """The connector's own, read once in a process. Raises FlawedLedger."""
    return read_ledger(folder_of(connector) / "quality.toml")


def waiting_rules(ledger: Ledger) -> tuple[Rule, ...]:
    """What is still to do, lowest tier first."""
    return tuple(rule for rule in RULES if ledger.entries.get(rule.name, Entry("todo")).state == "todo")


def _read_entry(value: object) -> Entry:
    if value in ("done", "todo"):
        return Entry(str(value))
    if isinstance(value, dict) and set(value) == {"exempt"} and str(value["exempt"]).strip():
        return Entry("exempt", str(value["exempt"]))
    raise ValueError(f"{value!r} is neither done, todo nor exempt with a reason")


def reached_tier(ledger: Ledger) -> Tier:
    """The highest tier none of whose rules, or of those below, is still to do."""
    reached = Tier.NONE
    for tier in _ORDER:
        rules = [rule.name for rule in RULES if rule.tier is tier]
        if any(ledger.entries.get(name, Entry("todo")).state == "todo" for name in rules):
            break
        reached = tier
    return reached


def find_flaws(connector: type[Connector], ledger: Ledger | None = None) -> list[str]:
    """What is wrong with a connector's ledger, as English sentences; empty where nothing is."""
    try:
        ledger = ledger or read_ledger(folder_of(connector) / "quality.toml")
    except FlawedLedger as error:
        return [str(error)]
    known = {rule.name for rule in RULES}
    flaws = [f"{name}: no such rule" for name in ledger.entries if name not in known]
    for rule in RULES:
        entry = ledger.entries.get(rule.name)
        if entry is None:
            flaws.append(f"{rule.name}: missing")
        elif entry.state == "done" and rule.confirm is not None and not rule.confirm(connector):
            flaws.append(f"{rule.name}: said to be done, but is not")
    reached = reached_tier(ledger)
    if not connector.manifest.is_public_interface:
        if ledger.tier not in (Tier.NONE, Tier.BRONZE):
            flaws.append("tier: an assumed interface never rises above bronze")
        reached = reached if reached is Tier.NONE else Tier.BRONZE
    if ledger.tier is not reached:
        flaws.append(f"tier: {ledger.tier} claimed, {reached} reached")
    return flaws
