"""The demo can be deleted: what is left checks, starts, serves and passes its own tests."""

import os
import re
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.servers import embedded_run, find_free_port

ROOT = Path(__file__).resolve().parents[2]
NEEDS_DEMO = ("tests/demo", "tests/journeys", "tests/people")
# These start whole portals and other test runs themselves, this one among them.
NOT_UNITS = ("architecture", "factories", "kit", "tooling")

pytestmark = pytest.mark.skipif(not (ROOT / "demo").exists(), reason="the demo is deleted already")


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the checkout without demo/ and without what only tests the demo."""
    target = tmp_path_factory.mktemp("without-demo")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file() and not name.startswith(
            ("demo/", *(f"{folder}/" for folder in NEEDS_DEMO))
        ):
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, target / name)
    return target


def environment(product: Path, **more: str) -> dict[str, str]:
    """What a fresh shell has: nothing of this test run's database or settings."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return {**kept, "DATA_DIR": str(product / "var"), **more}


def run(product: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words],
        cwd=product,
        env=environment(product, **variables),
        capture_output=True,
        text=True,
        check=False,
    )


def test_product_without_demo_has_no_faults_and_no_missing_migrations(product: Path):
    checked = run(product, "manage.py", "check", "--fail-level", "WARNING")
    assert checked.returncode == 0, checked.stderr
    migrations = run(product, "manage.py", "makemigrations", "--check", "--dry-run")
    assert migrations.returncode == 0, migrations.stdout + migrations.stderr


def test_product_without_demo_starts_and_answers(product: Path):
    port = find_free_port()
    address = f"http://127.0.0.1:{port}/"
    with (
        embedded_run(product, port, environment(product)),
        urllib.request.urlopen(address, timeout=20) as answer,
    ):
        body = answer.read().decode()
        assert answer.status == 200
    assert re.search(r"<form[^>]*method=.post", body), body[:500]
    assert "/demo/" not in body


@pytest.mark.timeout(1800)
def test_unit_tests_pass_without_demo(product: Path):
    folders = [
        str(place.relative_to(product))
        for place in sorted((product / "tests").iterdir())
        if place.is_dir() and place.name not in NOT_UNITS and any(place.rglob("test_*.py"))
    ]
    assert folders
    collected = run(product, "-m", "pytest", "-q", "--collect-only", *folders)
    assert collected.returncode == 0, collected.stdout[-4000:] + collected.stderr[-1000:]
    options = ("-q", "-x", "-p", "no:cacheprovider", "-m", "sqlite and not demo and not journey")
    passed = run(product, "-m", "pytest", *options, *folders)
    assert passed.returncode == 0, passed.stdout[-4000:] + passed.stderr[-1000:]
