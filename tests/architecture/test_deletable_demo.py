"""The demo can be deleted: what is left checks, starts and serves.

That all its own tests can be gathered then, and those marked `sqlite` pass, is shown by the run on SQLite:
the whole `make test` has it in such a copy (tools/run_sqlite.py).
"""

import os
import re
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.servers import embedded_run, find_free_port
from tools.without_demo import copy_without_demo

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(not (ROOT / "demo").exists(), reason="the demo is deleted already")


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("without-demo")
    copy_without_demo(target)
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
