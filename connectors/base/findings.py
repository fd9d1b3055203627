"""What a check of a source found: what was sent, what came, what to do. Never content."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from django.utils.functional import Promise

Text: TypeAlias = str | Promise


class Verdict(StrEnum):
    """NOTED: nothing to be refused for, but worth a look. NOT_RUN: nobody can say."""

    PASSED = "passed"
    FAILED = "failed"
    NOTED = "noted"
    NOT_RUN = "not_run"


@dataclass(frozen=True, slots=True)
class Finding:
    """One check. ``name`` is for machines; the rest is for whoever has to mend it."""

    name: str
    title: Text
    verdict: Verdict
    sent: Text = ""
    came: Text = ""
    todo: Text = ""
    took_s: float = 0.0


def exit_code(findings: Iterable[Finding]) -> int:
    """0: all is well. 1: something is wrong. 2: nothing is found wrong, but not all could be run."""
    verdicts = {finding.verdict for finding in findings}
    if Verdict.FAILED in verdicts:
        return 1
    return 2 if Verdict.NOT_RUN in verdicts or not verdicts else 0
