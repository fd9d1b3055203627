"""What the commands that run the checks have in common: options, numbers, reports, exit code."""

from argparse import ArgumentParser
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from connectors.base.findings import Finding, exit_code
from connectors.selfcheck.reports import as_json, as_junit, as_text
from consent.specimen import NOBODY, TOLVAN
from consent.terms import PersonId


class UnreadableFile(ValueError):
    """What to do about it stands in the message."""


def add_options(parser: ArgumentParser) -> None:
    told = {
        "patient": _("testperson som systemet känner, 12 siffror"),
        "nobody": _("testperson som det inte känner"),
        "file": _("poster i en fil (CSV, NDJSON, JSON), i stället för att fråga"),
        "json": _("skriv rapporten som JSON"),
        "junit": _("skriv rapporten som JUnit XML"),
    }
    usual = {"patient": TOLVAN.number, "nobody": NOBODY.number}
    for name, words in told.items():
        parser.add_argument(f"--{name}", default=usual.get(name, ""), help=str(words))


def read_records(path: Path) -> str:
    """As spreadsheets and systems save text: UTF-8, else Windows-1252. Raises OSError, UnreadableFile."""
    data = path.read_bytes()
    if data.startswith(b"PK\x03\x04"):
        raise UnreadableFile(
            _("En Excelfil läses inte här. Spara den som CSV, eller pröva den på /anslut/prova/.")
        )
    for encoding in ("utf-8", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableFile(_("Filen är inte en textfil. Spara den som CSV, NDJSON eller JSON i UTF-8."))


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
