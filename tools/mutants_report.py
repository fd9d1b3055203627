"""Writes docs/mutants.md. No dates and no durations: it changes when the code or the outcome does."""

from collections.abc import Mapping
from pathlib import Path

from mutants_finding import Mutant
from mutants_operators import OPERATORS

Reasons = Mapping[tuple[str, str, str], str]
HEAD = """\
# Mutants of the decision code

Written by `make mutants`; do not edit. Each mutant is the code with one small change. It is *killed* when a
test fails because of it: then the line it sits on is held by a test, not only walked over by one. Mutants
meet named examples only, never the tests that search at random. A mutant that survives fails the command,
unless `tools/mutants_reasons.toml` says why no test could tell it from the code.

`make mutants ARGS=consent/policy.py` tries one module, and writes nothing here.
"""


def write_report(path: Path, killers: Mapping[Mutant, str], reasons: Reasons) -> None:
    """``killers``: the test that killed each mutant, or the empty text."""
    path.write_text(make_report(killers, reasons), encoding="utf-8")


def make_report(killers: Mapping[Mutant, str], reasons: Reasons) -> str:
    survivors = [mutant for mutant, killer in killers.items() if not killer]
    return "\n".join(
        [
            HEAD,
            *_count_modules(killers),
            "",
            "## What is changed",
            "",
            *_count_operators(killers),
            "",
            "## Survivors",
            "",
            *([_explain(mutant, reasons) for mutant in survivors] or ["None."]),
            "",
        ]
    )


def _count_modules(killers: Mapping[Mutant, str]) -> list[str]:
    lines = ["| Module | Mutants | Killed | Survived |", "|---|---:|---:|---:|"]
    modules = list(dict.fromkeys(mutant.module for mutant in killers))
    for name in (*modules, ""):
        of_it = [killer for mutant, killer in killers.items() if not name or mutant.module == name]
        killed = sum(1 for killer in of_it if killer)
        lines.append(
            f"| {f'`{name}`' if name else 'all'} | {len(of_it)} | {killed} | {len(of_it) - killed} |"
        )
    return lines


def _count_operators(killers: Mapping[Mutant, str]) -> list[str]:
    lines = ["| Sort | Change | Mutants |", "|---|---|---:|"]
    for operator in OPERATORS:
        count = sum(1 for mutant in killers if mutant.operator == operator.__name__)
        words = (operator.__doc__ or "").strip()
        lines.append(f"| {operator.__name__} | {words} | {count} |")
    return lines


def _explain(mutant: Mutant, reasons: Reasons) -> str:
    reason = reasons.get((mutant.module, mutant.place, mutant.change), "**no reason given**")
    return f"- `{mutant.module}`, `{mutant.place}`: `{mutant.change}`. {reason}"
