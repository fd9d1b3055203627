"""What `make sbom` runs: the bill of materials of what runs in production, as CycloneDX JSON, into dist/.

Python packages come from requirements/run.lock; what is bundled within them and reaches browsers from
tools/bundled.toml, whose versions are read out of the installed files. Judged by the format's own schema
before it is written; names no index: where a package was fetched is the machine's business, and its hash is
in the lock. Usage: .venv-scan/bin/python tools/sbom.py [FILE]
"""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PROGRAM = ROOT / ".venv-scan/bin/cyclonedx-py"
LOCK = ROOT / "requirements/run.lock"
PACKAGES = ROOT / ".venv/lib/python3.11/site-packages"
SPEC = "1.6"


def python_packages() -> dict[str, Any]:
    """The lock as CycloneDX tells it."""
    words = ("requirements", str(LOCK), "--pyproject", str(ROOT / "pyproject.toml"), "--sv", SPEC)
    done = subprocess.run(
        [str(PROGRAM), *words, "--short-PURLs", "--output-reproducible", "--of", "JSON"],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"cyclonedx-py failed: {done.stderr[-2000:]}")
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def bundled() -> list[dict[str, Any]]:
    """Scripts and sheets of others that the portal serves. SystemExit where a file says no version."""
    found = []
    for entry in tomllib.loads((ROOT / "tools/bundled.toml").read_text(encoding="utf-8"))["bundled"]:
        file = PACKAGES / entry["file"]
        version = re.search(entry["version"], file.read_text(encoding="utf-8", errors="replace"))
        if version is None:
            sys.exit(f"{entry['file']} does not say which version of {entry['name']} it is")
        purl = f"pkg:npm/{entry['name']}@{version[1]}"
        found.append(
            {
                "type": "library",
                "bom-ref": purl,
                "name": entry["name"],
                "version": version[1],
                "purl": purl,
                "licenses": [{"license": {"id": entry["licence"]}}],
                "properties": [{"name": "patientoversikt:within", "value": entry["within"]}],
            }
        )
    return found


def bill() -> dict[str, Any]:
    told = python_packages()
    _drop(told, {"externalReferences", "description"})
    told["components"] += bundled()
    told["dependencies"] += [{"ref": one["bom-ref"]} for one in told["components"][-len(bundled()) :]]
    return told


def _drop(value: Any, names: set[str]) -> None:
    """Take members of these names away, however deep."""
    if isinstance(value, dict):
        for name in names & set(value):
            del value[name]
        value = list(value.values())
    for one in value if isinstance(value, list) else ():
        _drop(one, names)


def flaw_of(text: str) -> str | None:
    """What the schema says against it."""
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    flaw = JsonStrictValidator(SchemaVersion.from_version(SPEC)).validate_str(text)
    return None if flaw is None else str(flaw.data)


def main() -> int:
    """Write it, or say why not."""
    file = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "dist/sbom.cdx.json"
    told = bill()
    text = json.dumps(told, indent=1, ensure_ascii=False) + "\n"
    if flaw := flaw_of(text):
        print(f"The schema refuses it: {flaw}")
        return 1
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    print(f"{file}: {len(told['components'])} components")
    return 0


if __name__ == "__main__":
    sys.exit(main())
