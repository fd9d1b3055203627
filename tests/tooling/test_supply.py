"""What the product is made of: pinned by hash, listed whole, and refused where production is not safe."""

import json
import os
import re
import secrets
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from portal.settings.keys import create_keys

ROOT = Path(__file__).resolve().parents[2]
LOCKS = sorted((ROOT / "requirements").glob("*.lock"))
SCAN = ROOT / ".venv-scan/bin/python"
PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)==([^\s;]+)")
needs_scan = pytest.mark.skipif(not SCAN.exists(), reason=".venv-scan is missing: tools/setup scan makes it")


def requirements_of(lock: Path) -> list[str]:
    """Each requirement with its hashes, as one line."""
    text = lock.read_text(encoding="utf-8").replace("\\\n", " ")
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]


def test_every_lock_pins_by_hash_and_names_no_index():
    assert {lock.name for lock in LOCKS} == {"run.lock", "dev.lock", "saml.lock", "scan.lock", "uv.lock"}
    for lock in LOCKS:
        lines = requirements_of(lock)
        assert lines, lock.name
        loose = [line[:60] for line in lines if not (PIN.match(line) and "--hash=sha256:" in line)]
        assert loose == [], lock.name
        assert "://" not in lock.read_text(encoding="utf-8"), lock.name


def test_setup_installs_nothing_without_its_hash():
    installing = [
        line
        for line in (ROOT / "tools/setup").read_text().splitlines()
        if re.search(r"\bpip install\b", line)
    ]
    assert len(installing) == 3
    assert all("--require-hashes" in line for line in installing)


def test_what_is_declared_is_what_is_locked():
    """A dependency that was declared and not locked would be installed by nobody, or from anywhere."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    locked = {PIN.match(line)[1] for line in requirements_of(ROOT / "requirements/run.lock")}  # type: ignore[index]
    declared = {re.split(r"[\[<>=;~ ]", one)[0] for one in project["project"]["dependencies"]}
    assert declared <= locked


@needs_scan
def test_the_bill_of_materials_is_whole_sound_and_names_no_index(tmp_path: Path):
    """The command judges it by the format's schema; here: that it holds every package, and no place."""
    file = tmp_path / "sbom.json"
    done = subprocess.run(
        [SCAN, "tools/sbom.py", file], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    text = file.read_text(encoding="utf-8")
    told = json.loads(text)
    assert (told["bomFormat"], told["specVersion"]) == ("CycloneDX", "1.6")
    listed = {(one["name"], one["version"]) for one in told["components"]}
    pins = [PIN.match(line) for line in requirements_of(ROOT / "requirements/run.lock")]
    assert {(pin[1], pin[2]) for pin in pins if pin} <= listed
    assert "swagger-ui-dist" in {name for name, _ in listed}
    # Only the format's own schema has an address: no package says where it was got, and no path is told.
    assert set(re.findall(r"\w+://([^/\"]+)", text)) == {"cyclonedx.org"}
    assert str(ROOT) not in text


def test_whatever_others_wrote_and_a_page_names_is_in_the_bill():
    entries = tomllib.loads((ROOT / "tools/bundled.toml").read_text(encoding="utf-8"))["bundled"]
    pages = "".join(page.read_text(encoding="utf-8") for page in (ROOT / "templates").rglob("*.html"))
    named = set(re.findall(r"\{% static ['\"]([^'\"{]+)['\"]", pages))
    own = {name for name in named if (ROOT / "static" / name).exists()}
    assert own
    assert [
        n
        for n in named - own
        if not n.startswith("admin/") and not n.startswith(tuple(e["served"] for e in entries))
    ] == []


def production(folder: Path, **more: str) -> "subprocess.CompletedProcess[str]":
    create_keys(folder / "keys")
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env={
            **kept,
            "DJANGO_SETTINGS_MODULE": "portal.settings.production",
            "SECRET_KEY": secrets.token_urlsafe(50),
            "KEYS_DIR": str(folder / "keys"),
            "ALLOWED_HOSTS": "portal.example",
            "DATABASE_URL": "postgresql://portal@localhost/portal",
            "REDIS_URL": "redis://localhost",
            "LOG_SINK_DIR": str(folder),
            "SUPPORT_PHONE": "0980-319299",
            "SERVICE_OWNER": "Region Fjäll",
            **more,
        },
        capture_output=True,
        text=True,
        check=False,
    )


def test_deployment_checks_have_nothing_to_say_of_production(tmp_path: Path):
    done = production(tmp_path)
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout
    assert "WARNING" not in done.stdout + done.stderr


def test_a_secret_that_is_the_one_before_is_refused(tmp_path: Path):
    """And one that Django made for a new project."""
    secret = secrets.token_urlsafe(50)
    same = production(tmp_path, SECRET_KEY=secret, SECRET_KEY_OLD=secret)
    assert "SECRET_KEY_OLD must be another secret" in same.stderr
    made = production(tmp_path, SECRET_KEY="django-insecure-" + secret)
    assert "not random enough" in made.stderr
    assert secret not in same.stderr + made.stderr
