"""What the commands that run the checks have in common: options, numbers, reports, exit code."""

from argparse import ArgumentParser
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from connectors.base.findings import Finding, exit_code
from connectors.selfcheck.reports import as_json, as_junit, as_text
from consent.specimen import NOBODY, TOLVAN
from consent.terms import PersonId


def add_options(parser: ArgumentParser) -> None:
    parser.add_argument("--patient", default=TOLVAN.number, help="a test person the source knows, 12 digits")
    parser.add_argument("--nobody", default=NOBODY.number, help="a test person it does not know")
    parser.add_argument("--file", default="", help="records in a file, instead of asking")
    parser.add_argument("--json", default="", metavar="FILE", help="write the report as JSON")
    parser.add_argument("--junit", default="", metavar="FILE", help="write the report as JUnit XML")


def person_of(number: str) -> PersonId:
    """Whether it is a test number is judged where a permit is made."""
    return PersonId(number.strip())


def give(
    subject: str, findings: Sequence[Finding], options: Mapping[str, Any], say: Callable[[str], Any]
) -> int:
    """Print the report, write the files that were asked for, and return the exit code."""
    say(as_text(findings))
    for name, make in (("json", as_json), ("junit", as_junit)):
        if options[name]:
            Path(options[name]).write_text(make(subject, findings) + "\n", encoding="utf-8")
    return exit_code(findings)
