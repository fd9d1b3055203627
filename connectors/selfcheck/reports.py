"""A report for whoever reads it: a person at a terminal, or a vendor's build server."""

import json
from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree as ET

from connectors.base.findings import Finding, Verdict, exit_code

MARKS = {Verdict.PASSED: "ok  ", Verdict.FAILED: "FEL ", Verdict.NOTED: "obs ", Verdict.NOT_RUN: "–   "}


def as_text(findings: Sequence[Finding]) -> str:
    lines = []
    for finding in findings:
        lines.append(f"{MARKS[finding.verdict]} {finding.title}")
        for label, text in (("skickat", finding.sent), ("kom", finding.came), ("gör", finding.todo)):
            # One line for each thing, below each other.
            for number, line in enumerate(str(text).splitlines()):
                lines.append(f"       {label}: {line}" if number == 0 else f"            {line}")
    return "\n".join(lines)


def as_json(subject: str, findings: Sequence[Finding]) -> str:
    told = [
        {
            "name": finding.name,
            "title": str(finding.title),
            "verdict": finding.verdict.value,
            "sent": str(finding.sent),
            "came": str(finding.came),
            "todo": str(finding.todo),
            "took_s": finding.took_s,
        }
        for finding in findings
    ]
    report: dict[str, Any] = {"subject": subject, "exit": exit_code(findings), "checks": told}
    return json.dumps(report, ensure_ascii=False, indent=1)


def as_junit(subject: str, findings: Sequence[Finding]) -> str:
    """The format that build servers read. A note passes; what could not be run is skipped."""
    count = {verdict: sum(f.verdict is verdict for f in findings) for verdict in Verdict}
    suite = ET.Element(
        "testsuite",
        name=f"patientoversikt.{subject}",
        tests=str(len(findings)),
        failures=str(count[Verdict.FAILED]),
        skipped=str(count[Verdict.NOT_RUN]),
        errors="0",
    )
    for finding in findings:
        case = ET.SubElement(
            suite, "testcase", classname=subject, name=finding.name, time=f"{finding.took_s:.3f}"
        )
        told = f"{finding.title}. {finding.todo}"
        if finding.verdict is Verdict.FAILED:
            ET.SubElement(case, "failure", message=told).text = f"{finding.sent}\n{finding.came}"
        elif finding.verdict is Verdict.NOT_RUN:
            ET.SubElement(case, "skipped", message=told)
        elif finding.todo:
            ET.SubElement(case, "system-out").text = told
    return ET.tostring(suite, encoding="unicode", xml_declaration=True)
