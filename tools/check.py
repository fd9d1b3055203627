"""What `make check` runs: every gate, none left out when an earlier one fails, and a summary at the end.

Two gates go on at a time, each a program of its own.
"""

import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PROGRAMS = Path(sys.executable).parent
SCAN = ROOT / ".venv-scan/bin"
AT_A_TIME = 2
TEST = {"DJANGO_SETTINGS_MODULE": "portal.settings.test"}


@dataclass(frozen=True)
class Gate:
    """One question, as a command that answers with its exit code."""

    name: str
    argv: Sequence[str | Path]
    variables: Mapping[str, str] = field(default_factory=dict)


def make_gates(keys_dir: Path) -> list[Gate]:
    """All of them: one that takes long, and then the quick ones first."""
    manage = (sys.executable, "manage.py")
    production = {
        "DJANGO_SETTINGS_MODULE": "portal.settings.production",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "KEYS_DIR": str(keys_dir),
        "ALLOWED_HOSTS": "portal.example",
        "DATABASE_URL": "postgresql://portal@localhost/portal",
        "REDIS_URL": "redis://localhost",
        "LOG_SINK_DIR": str(keys_dir),
        "SUPPORT_PHONE": "0980-319299",
        "SERVICE_OWNER": "Region Fjäll",
    }
    return [
        Gate("types", [PROGRAMS / "mypy"]),
        Gate("lint", [PROGRAMS / "ruff", "check"]),
        Gate("format", [PROGRAMS / "ruff", "format", "--check"]),
        Gate("walls", [PROGRAMS / "lint-imports"]),
        Gate("templates", [PROGRAMS / "djlint", "--lint", "--quiet", "."]),
        Gate("system checks", [*manage, "check", "--fail-level", "WARNING"], TEST),
        Gate("production checks", [*manage, "check", "--deploy", "--fail-level", "WARNING"], production),
        Gate("migrations", [*manage, "makemigrations", "--check", "--dry-run"], TEST),
        Gate("translations", [sys.executable, "tools/translations.py", "check"]),
        Gate("house rules", [sys.executable, "tools/semgrep/scan.py"]),
        Gate(
            "bandit",
            [SCAN / "bandit", "-q", "-ll", "-c", "pyproject.toml", "-r", "consent", "connectors", "portal"],
        ),
    ]


def run(gate: Gate) -> bool:
    """Run one gate; show what it says only when it fails."""
    begun = time.monotonic()
    done = subprocess.run(
        [str(word) for word in gate.argv],
        cwd=ROOT,
        env={**os.environ, **gate.variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    is_fine = done.returncode == 0
    said = f"{'ok    ' if is_fine else 'FAILED'} {gate.name} ({time.monotonic() - begun:.1f} s)\n"
    if not is_fine:
        said += "".join(f"    {line}\n" for line in done.stdout.splitlines())
    print(said, end="", flush=True)
    return is_fine


def make_throwaway_keys(folder: Path) -> None:
    sys.path.insert(0, str(ROOT))
    from portal.settings.keys import create_keys

    create_keys(folder)


def main() -> int:
    """Run every gate; 0 only if all hold."""
    with tempfile.TemporaryDirectory() as folder:
        make_throwaway_keys(Path(folder))
        gates = make_gates(Path(folder))
        with ThreadPoolExecutor(AT_A_TIME) as pool:
            held = list(pool.map(run, gates))
        failed = [gate.name for gate, is_fine in zip(gates, held, strict=True) if not is_fine]
    print(f"{len(failed)} of {len(gates)} gates failed: {', '.join(failed)}" if failed else "All gates hold.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
