"""The house's own rules (house.yml) over the product's code: first over their specimens, each of which its
rule must find, then over the code. Offline: no rule, no version and no figures go anywhere.

Usage: scan.py [PATH …]    Exit code 0, or 1 with what was found.
"""

import json
import os
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SEMGREP = ROOT / ".venv-scan/bin/semgrep"
RULES = HERE / "house.yml"
SCANNED = ("consent", "connectors", "portal", "templates", "static/js")


def scan(folder: Path, paths: Iterable[str]) -> list[dict[str, Any]]:
    """What is found under these paths. SystemExit where the scan itself went wrong: then nothing is known."""
    with tempfile.TemporaryDirectory() as home:
        done = subprocess.run(
            [
                *(str(SEMGREP), "scan", "--config", str(RULES), "--json", "--quiet"),
                *("--metrics=off", "--disable-version-check", "--no-git-ignore", "--jobs", "2"),
                *("--exclude", "migrations", *paths),
            ],
            cwd=folder,
            env={**os.environ, "HOME": home, "PATH": f"{SEMGREP.parent}:{os.environ['PATH']}"},
            capture_output=True,
            text=True,
            check=False,
        )
    try:
        told = json.loads(done.stdout)
    except ValueError:
        sys.exit(f"semgrep did not run: {done.stderr[-2000:]}")
    if told["errors"]:
        sys.exit("\n".join(str(error.get("message", error)) for error in told["errors"]))
    found: list[dict[str, Any]] = told["results"]
    return found


def rule_of(result: dict[str, Any]) -> str:
    return str(result["check_id"]).rsplit(".", 1)[-1]


def flaws_of_rules() -> list[str]:
    """Rules that do not find their specimen, or find what is right."""
    specimens = tomllib.loads((HERE / "specimens.toml").read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for rule, specimen in specimens.items():
            for sort in ("found", "passed"):
                (folder / f"{rule}.{sort}.{specimen.get('ending', 'py')}").write_text(specimen[sort])
        hits = {(rule_of(r), Path(r["path"]).name) for r in scan(folder, ["."])}
    names = {rule: specimen.get("ending", "py") for rule, specimen in specimens.items()}
    blind = [rule for rule, end in names.items() if (rule, f"{rule}.found.{end}") not in hits]
    wrong = [rule for rule, end in names.items() if (rule, f"{rule}.passed.{end}") in hits]
    return [f"{rule} does not find its specimen" for rule in blind] + [
        f"{rule} finds what is right" for rule in wrong
    ]


def main() -> int:
    """Rules first, then the code."""
    if flaws := flaws_of_rules():
        print("\n".join(flaws))
        return 1
    results = scan(ROOT, sys.argv[1:] or SCANNED)
    for result in results:
        message = result["extra"]["message"].strip()
        print(f"{result['path']}:{result['start']['line']}: {rule_of(result)}: {message}")
    return 1 if results else 0


if __name__ == "__main__":
    sys.exit(main())
