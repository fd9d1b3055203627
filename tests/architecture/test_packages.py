"""Where code may live: a closed list of top-level packages, and names that say something."""

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FLOORS = {"consent", "connectors", "portal", "demo"}
BESIDE = {"bench", "docker", "docs", "kit", "tests", "tools"}
SAYS_NOTHING = {"utils", "util", "helpers", "helper", "common", "manager", "core", "misc"}
FACE = ("django.forms", "django.http", "django.shortcuts", "django.template", "django.urls", "django.views")
LONGEST = 250


def code_files() -> list[Path]:
    """Every Python file that git knows or would know."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", "*.py"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode != 0:  # a copy without history
        return [path for top in FLOORS | BESIDE for path in (ROOT / top).rglob("*.py")]
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).exists()]


def product_files() -> list[Path]:
    """Those of the four floors, without generated migrations."""
    return [
        path
        for path in code_files()
        if path.relative_to(ROOT).parts[0] in FLOORS and "migrations" not in path.parts
    ]


def imported_names(path: Path) -> Iterator[str]:
    """Every module that a file imports, wherever in the file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_there_is_something_to_look_at():
    assert len(product_files()) > 50


def test_top_level_packages_are_a_closed_list():
    tops = {path.relative_to(ROOT).parts[0] for path in code_files()}
    assert tops - FLOORS - BESIDE == {"manage.py"}


def test_every_package_says_that_it_is_one():
    missing = {path.parent for path in product_files() if not (path.parent / "__init__.py").exists()}
    assert missing == set()


def test_no_module_has_a_name_that_says_nothing():
    assert [path for path in code_files() if {path.stem, *path.relative_to(ROOT).parts} & SAYS_NOTHING] == []


def test_no_module_is_too_long_to_read():
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in product_files()}
    assert {str(path.relative_to(ROOT)): lines for path, lines in lengths.items() if lines > LONGEST} == {}


@pytest.mark.parametrize("module", FACE)
def test_consent_has_no_face(module: str):
    """Import-linter sees all of Django as one, so this wall stands here. The admin is exempt."""
    guilty = [
        str(path.relative_to(ROOT))
        for path in product_files()
        if path.relative_to(ROOT).parts[0] == "consent"
        and "admin" not in path.relative_to(ROOT).with_suffix("").parts
        and any(name == module or name.startswith(module + ".") for name in imported_names(path))
    ]
    assert guilty == []


def test_network_is_reached_through_the_transport_alone():
    """No other way out of the product than the bounded one. Simulated systems stand outside the product."""
    clients = ("aiohttp", "httpx", "requests", "urllib3", "http.client")
    guilty = [
        str(path.relative_to(ROOT))
        for path in product_files()
        if path.relative_to(ROOT).parts[0] != "demo"
        and path.relative_to(ROOT).parts[:2] != ("connectors", "base")
        and any(name.split(".")[0] in clients or name in clients for name in imported_names(path))
    ]
    assert guilty == []
