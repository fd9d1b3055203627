"""What each row of a file would do: new, changed, unchanged, or a fault with its sentence. Writes nothing.

A row is judged as a whole: where any cell is wrong nothing of the row is done.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts.importing import Row
from portal.accounts.importing_columns import CLEAR, header_of

HSA_ID = re.compile(r"[A-Z0-9][A-Z0-9-]{2,31}")


class Outcome(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    FAULTY = "faulty"


OUTCOME_WORDS: Mapping[Outcome, Any] = {
    Outcome.NEW: gettext_lazy("ny"),
    Outcome.CHANGED: gettext_lazy("ändras"),
    Outcome.UNCHANGED: gettext_lazy("oförändrad"),
    Outcome.FAULTY: gettext_lazy("fel"),
}


class Flaw(Exception):
    """Why a row cannot be done, as a Swedish sentence."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of one row. ``about``: whom or what it names, by HSA-id."""

    number: int
    outcome: Outcome
    about: str
    words: str


@dataclass(slots=True)
class Plan:
    """All rows judged. ``made`` and ``changed`` are what good rows come to, to be saved together."""

    verdicts: list[Verdict] = field(default_factory=list)
    made: list[Model] = field(default_factory=list)
    changed: list[Model] = field(default_factory=list)

    def count(self, outcome: Outcome) -> int:
        return sum(verdict.outcome is outcome for verdict in self.verdicts)


@dataclass(slots=True)
class Draft:
    """One row's object as it would be saved, and what changed of it. ``key``: what the row is known by."""

    sort: str
    row: Row
    key: tuple[str, ...]
    obj: Any
    is_new: bool
    changed: list[str] = field(default_factory=list)

    def cell(self, name: str) -> str:
        """Empty where the file has no such column, or nothing in it: what stands is left."""
        return self.row.values.get(name, "")

    def put(self, attribute: str, value: Any, name: str = "") -> None:
        if getattr(self.obj, attribute) != value:
            setattr(self.obj, attribute, value)
            self.changed.append(name or attribute)

    def put_text(self, name: str) -> None:
        text = self.cell(name)
        if text:
            self.put(name, "" if text == CLEAR else text)

    def put_word(self, name: str, words: Mapping[str, Any], attribute: str = "", cleared: Any = None) -> None:
        """A value out of a closed list; which words there are is said where the cell has another."""
        text = self.cell(name)
        if not text:
            return
        if text == CLEAR and cleared is not None:
            self.put(attribute or name, cleared, name)
            return
        if text.casefold() not in words:
            raise Flaw(
                _("%(header)s: ”%(cell)s” finns inte. Välj bland: %(words)s.")
                % {"header": header_of(self.sort, name), "cell": text[:40], "words": ", ".join(words)}
            )
        self.put(attribute or name, words[text.casefold()], name)

    def put_day(self, name: str) -> None:
        text = self.cell(name)
        if not text:
            return
        try:
            self.put(name, None if text == CLEAR else date.fromisoformat(text))
        except ValueError:
            raise Flaw(
                _("%(header)s: ”%(cell)s” är inget datum. Skriv ÅÅÅÅ-MM-DD.")
                % {"header": header_of(self.sort, name), "cell": text[:40]}
            ) from None

    def check(self, exclude: Sequence[str] = ()) -> None:
        """Lengths and the like, by the model's own rules."""
        try:
            self.obj.clean_fields(exclude=set(exclude))
        except ValidationError as error:
            name, messages = next(iter(error.message_dict.items()))
            label = self.obj._meta.get_field(name).verbose_name  # noqa: SLF001 (Django's own name for it)
            raise Flaw(f"{str(label).capitalize()}: {messages[0]}") from None


Judge = Callable[[Row], Draft]


def judge_rows(rows: Sequence[Row], judge: Judge) -> Plan:
    """Every row by itself; the second of two about the same thing is at fault."""
    plan, seen = Plan(), dict[tuple[str, ...], int]()
    for row in rows:
        try:
            if row.flaw:
                raise Flaw(row.flaw)
            draft = judge(row)
            if draft.key in seen:
                raise Flaw(_("Står redan på rad %(row)s.") % {"row": seen[draft.key]})
        except Flaw as flaw:
            plan.verdicts.append(Verdict(row.number, Outcome.FAULTY, _named(row), str(flaw)))
            continue
        seen[draft.key] = row.number
        plan.verdicts.append(_verdict_on(draft))
        if draft.is_new:
            plan.made.append(draft.obj)
        elif draft.changed:
            plan.changed.append(draft.obj)
    return plan


def _verdict_on(draft: Draft) -> Verdict:
    about = " ".join(draft.key)
    if draft.is_new:
        return Verdict(draft.row.number, Outcome.NEW, about, _("Läggs till."))
    if not draft.changed:
        return Verdict(draft.row.number, Outcome.UNCHANGED, about, _("Är redan så."))
    headers = [header_of(draft.sort, name).lower() for name in dict.fromkeys(draft.changed)]
    return Verdict(draft.row.number, Outcome.CHANGED, about, _("Ändras: %s.") % ", ".join(headers))


def _named(row: Row) -> str:
    """What a faulty row is about, as far as it says."""
    return " ".join(row.values[name] for name in ("hsa_id", "user", "unit") if row.values.get(name))[:80]


def hsa_id_in(row: Row, sort: str, name: str) -> str:
    """Upper case, and of the right form. Raises Flaw."""
    text = row.values.get(name, "").upper()
    header = header_of(sort, name)
    if not text:
        raise Flaw(_("%(header)s saknas.") % {"header": header})
    if not HSA_ID.fullmatch(text):
        raise Flaw(_("%(header)s: ”%(cell)s” är inget HSA-id.") % {"header": header, "cell": text[:40]})
    return text
