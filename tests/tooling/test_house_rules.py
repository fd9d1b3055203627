"""The house's own rules over the code: each finds its specimen, and none is left out of the specimens."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ROOT / "tools/semgrep"


def test_every_rule_has_a_specimen_and_every_specimen_a_rule():
    rules = re.findall(r"^  - id: (\S+)$", (TOOLS / "house.yml").read_text(encoding="utf-8"), re.MULTILINE)
    specimens = tomllib.loads((TOOLS / "specimens.toml").read_text(encoding="utf-8"))
    assert len(rules) >= 12
    assert sorted(rules) == sorted(specimens)
    assert all({"found", "passed"} <= set(one) for one in specimens.values())


@pytest.mark.skipif(
    not (ROOT / ".venv-scan/bin/semgrep").exists(), reason=".venv-scan is missing: tools/setup scan makes it"
)
def test_every_rule_finds_its_specimen_and_lets_what_is_right_pass():
    found = subprocess.run(
        [sys.executable, "-c", "import scan; print('\\n'.join(scan.flaws_of_rules()), end='')"],
        cwd=TOOLS,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (found.returncode, found.stdout) == (0, ""), found.stderr
