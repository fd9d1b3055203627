"""Words for what a check found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from connectors.base.contract import Words
from connectors.base.findings import Finding, Verdict

VERDICT_WORDS: Mapping[Verdict, tuple[Words, str, str]] = {
    Verdict.PASSED: (gettext_lazy("Godkänd"), "check", "passed"),
    Verdict.FAILED: (gettext_lazy("Underkänd"), "nocloud", "failed"),
    Verdict.NOTED: (gettext_lazy("Att se över"), "ask", "part"),
    Verdict.NOT_RUN: (gettext_lazy("Inte körd"), "clock", "part"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One check on the page. ``state`` is the look of it, and says nothing that ``verdict`` does not."""

    name: str
    title: str
    verdict: str
    icon: str
    state: str
    sent: str
    came: str
    todo: str


@dataclass(frozen=True, slots=True)
class Report:
    summary: str
    lines: tuple[Line, ...]
    is_fine: bool


def present_report(findings: Sequence[Finding]) -> Report:
    lines = tuple(present_finding(finding) for finding in findings)
    failed = sum(finding.verdict is Verdict.FAILED for finding in findings)
    not_run = sum(finding.verdict is Verdict.NOT_RUN for finding in findings)
    if failed:
        words = ngettext("%(n)d kontroll är underkänd.", "%(n)d kontroller är underkända.", failed)
        return Report(words % {"n": failed}, lines, is_fine=False)
    if not_run:
        words = ngettext("%(n)d kontroll kunde inte köras.", "%(n)d kontroller kunde inte köras.", not_run)
        return Report(words % {"n": not_run}, lines, is_fine=False)
    if any(finding.verdict is Verdict.NOTED for finding in findings):
        return Report(_("Inget är underkänt, men något är värt att se över."), lines, is_fine=True)
    return Report(_("Alla kontroller är godkända."), lines, is_fine=True)


def present_finding(finding: Finding) -> Line:
    verdict, icon, state = VERDICT_WORDS[finding.verdict]
    told = (str(text) for text in (finding.sent, finding.came, finding.todo))
    return Line(finding.name, str(finding.title), str(verdict), icon, state, *told)
