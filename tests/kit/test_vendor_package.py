"""A vendor's package is built, installed and tested without this repository; the portal then finds it.

In a fresh environment that sees the installed third-party packages and nothing of this checkout.
"""

import ast
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import venv
from dataclasses import dataclass
from pathlib import Path

import pytest

from connectors.openfeed.scenarios import flat, records
from tests.connectors.test_selfcheck import KEY, Feed
from tests.connectors.threads import serving

pytestmark = pytest.mark.network

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "docs/examples/hemvist"
KIT = ROOT / "kit"
# What small vendors deliver is kept in the portal alone: a desk has no store, and is asked for none.
AT_HOME = {"connectors.openfeed.holding"}


@dataclass(frozen=True)
class Desk:
    """A vendor's machine: an environment, the copied example, and nothing else."""

    python: Path
    folder: Path
    wheels: Path

    def run(self, *words: str, cwd: Path | None = None, **variables: str) -> subprocess.CompletedProcess[str]:
        kept = {name: os.environ[name] for name in ("HOME", "PATH") if name in os.environ}
        return subprocess.run(
            [str(self.python), *words],
            cwd=cwd or self.folder,
            env={**kept, **variables},
            capture_output=True,
            text=True,
            check=False,
        )


def build(project: Path, into: Path) -> Path:
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(into)],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return max(into.glob("*.whl"), key=lambda path: path.stat().st_mtime)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    folder = tmp_path_factory.mktemp("vendor")
    shutil.copytree(EXAMPLE, folder / "hemvist")
    venv.create(folder / "env", with_pip=False)
    python = folder / "env/bin/python"
    site = next((folder / "env/lib").glob("python*/site-packages"))
    (site / "third-party.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    made = Desk(python, folder / "hemvist", folder / "wheels")
    for project in (KIT, made.folder):
        wheel = build(project, made.wheels)
        # No index and no isolation: what the wheel needs must be here already, and pip sees whether it is.
        done = made.run(
            "-m", "pip", "install", "--no-index", "--quiet", "--disable-pip-version-check", str(wheel)
        )
        assert done.returncode == 0, done.stdout + done.stderr
    return made


def test_the_kit_holds_every_module_that_its_modules_import():
    packed = tomllib.loads((KIT / "pyproject.toml").read_text("utf-8"))
    included = packed["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    files: set[Path] = set((KIT / "patientoversikt_kit").glob("*.py"))
    for place in included:
        found = (KIT / place).resolve()
        files |= set(found.rglob("*.py")) if found.is_dir() else {found} if found.suffix == ".py" else set()
    missing = set()
    for file in files:
        for name in imported(file) - AT_HOME:
            path = ROOT / name.replace(".", "/")
            candidates = {path.with_suffix(".py"), path / "__init__.py"}
            if name.split(".")[0] in ("consent", "connectors", "portal", "demo") and not candidates & files:
                missing.add(f"{file.relative_to(ROOT)} imports {name}")
    assert missing == set()


def imported(file: Path) -> set[str]:
    tree = ast.parse(file.read_text("utf-8"))
    froms = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
    return froms | {
        alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
    }


def test_the_desk_knows_the_kit_and_not_this_checkout(desk):
    shown = desk.run("-c", "import consent.terms as t; print(t.__file__)")
    assert shown.returncode == 0, shown.stderr
    assert str(ROOT) not in shown.stdout
    assert desk.run("-c", "import portal").returncode != 0


def test_the_vendors_own_tests_pass(desk):
    done = desk.run("-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:django", "-p", "no:socket")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
    assert "passed" in done.stdout
    assert "skipped" not in done.stdout


def test_a_connector_that_swallows_its_faults_does_not_pass(desk, tmp_path):
    """The control: the suite has teeth at the vendor's too."""
    spoilt = tmp_path / "hemvist"
    shutil.copytree(desk.folder, spoilt)
    connector = spoilt / "hemvist_connector/connector.py"
    text = connector.read_text("utf-8")
    assert "                raise reply\n" in text
    connector.write_text(text.replace("                raise reply\n", "                continue\n"), "utf-8")
    done = desk.run(
        *("-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:django", "-p", "no:socket"),
        cwd=spoilt,
        PYTHONPATH=str(spoilt),
    )
    assert done.returncode == 1, done.stdout[-3000:]
    assert "a fault became an answer" in done.stdout


FOUND = """
import django; django.setup()
from connectors.base.registry import connector_classes
import consent.terms
print(*connector_classes(), consent.terms.__file__)
"""


def test_the_portal_finds_it_by_its_entry_point(desk):
    variables = {"DJANGO_SETTINGS_MODULE": "portal.settings.test"}
    checked = desk.run("manage.py", "check", "--fail-level", "WARNING", cwd=ROOT, **variables)
    assert checked.returncode == 0, checked.stderr
    shown = desk.run("-c", FOUND, cwd=ROOT, **variables)
    assert "hemvist" in shown.stdout.split(), shown.stderr
    assert str(ROOT / "consent") in shown.stdout, "the portal's own vocabulary goes before the kit's"


def test_the_portal_refuses_two_connectors_with_one_name(desk, tmp_path):
    """Another package that calls its connector openfeed, as the portal's own does."""
    twin = tmp_path / "twin"
    package = twin / "twin_connector"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "apps.py").write_text(
        "from connectors.base.contract import ConnectorConfig\n"
        "from connectors.openfeed.connector import OpenfeedConnector\n"
        "class TwinConfig(ConnectorConfig):\n"
        "    name, connector = 'twin_connector', OpenfeedConnector\n",
        encoding="utf-8",
    )
    told = twin / "twin_connector-1.0.dist-info"
    told.mkdir()
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: twin-connector\nVersion: 1.0\n", "utf-8")
    points = "[patientoversikt.connectors]\ntwin = twin_connector.apps:TwinConfig\n"
    (told / "entry_points.txt").write_text(points, "utf-8")
    variables = {"DJANGO_SETTINGS_MODULE": "portal.settings.test", "PYTHONPATH": str(twin)}
    checked = desk.run("manage.py", "check", cwd=ROOT, **variables)
    assert checked.returncode != 0
    assert "connectors.E002" in checked.stderr


# The command.


def command(desk: Desk, *words: str) -> subprocess.CompletedProcess[str]:
    return desk.run("-c", "from patientoversikt_kit.console import main; main()", *words)


def test_the_command_checks_a_running_source(desk, tmp_path):
    """With the key in a file, so that it stands in no list of processes."""
    (tmp_path / "key.txt").write_text(KEY + "\n", "utf-8")
    feed, junit = Feed(), tmp_path / "report.xml"
    with serving(feed) as address:
        options = ("--url", f"{address}/feed", "--setting", f"token=@{tmp_path}/key.txt", "--social")
        done = command(desk, "openfeed", *options, "--junit", str(junit))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "FEL" not in done.stdout
    assert 'failures="0"' in junit.read_text("utf-8")
    assert feed.asked


def test_the_command_tells_wrong_from_not_run(desk, tmp_path):
    with serving(Feed(checks_key=False)) as address:
        wrong = command(desk, "openfeed", "--url", f"{address}/feed", "--setting", f"token={KEY}")
    assert wrong.returncode == 1
    assert "Svara 401 eller 403 på fel nyckel." in wrong.stdout
    assert command(desk, "nowhere", "--url", "https://prov.example").returncode == 2
    assert command(desk, "openfeed").returncode == 2
    assert command(desk, "openfeed", "--file", str(tmp_path / "none.json")).returncode == 2


def test_the_command_reads_a_file(desk, tmp_path):
    (tmp_path / "sound.json").write_text(json.dumps(records()), "utf-8")
    (tmp_path / "wrong.json").write_text(json.dumps([flat(1, "service", status="klart")]), "utf-8")
    assert command(desk, "openfeed", "--file", str(tmp_path / "sound.json")).returncode == 0
    wrong = command(desk, "openfeed", "--file", str(tmp_path / "wrong.json"))
    assert wrong.returncode == 1
    assert "post 1: status" in wrong.stdout


def test_the_script_is_installed(desk):
    script = desk.python.parent / "patientoversikt-check"
    done = subprocess.run([str(script), "--help"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "hemvist" in done.stdout


def test_the_command_reads_a_table_and_says_what_the_page_says(desk, tmp_path):
    rows = "id;type;patient;status;title;updated;law;unit.provider;unit.unit;hjalp\n" + "".join(
        f"{n};service;191212121212;{status};Hemtjänst;2026-01-10;sol;SE5560000009-K001;SE5560000009-K0E1;x\n"
        for n, status in ((1, "active"), (2, "aktiv"))
    )
    (tmp_path / "poster.csv").write_text(rows, "cp1252")
    done = command(desk, "openfeed", "--file", str(tmp_path / "poster.csv"))
    assert done.returncode == 1
    assert "post 3: status." in done.stdout
    assert "Skriv ett av: active, planned" in done.stdout
    assert "post 2, 3: hjalp. Fältet finns inte i kontraktet." in done.stdout


def test_the_command_says_in_swedish_what_to_type_instead(desk, tmp_path):
    wrong = command(desk, "openfeed", "--url", "https://prov.example", "--setting", "tokn=x")
    assert (wrong.returncode, "Inställningen tokn finns inte. Menade du token?" in wrong.stderr) == (2, True)
    wrong = command(desk, "hemvst", "--url", "https://prov.example")
    assert (wrong.returncode, "Menade du hemvist?" in wrong.stderr) == (2, True)
    wrong = command(desk, "openfeed", "--file", str(tmp_path / "none.json"))
    assert "Filen finns inte" in wrong.stderr


def test_nothing_but_the_report_is_printed(desk):
    held = [*records(), {"v": 1, "type": "service", "patient": "191212121212"}]
    with serving(Feed(held)) as address:
        done = command(desk, "openfeed", "--url", f"{address}/feed", "--setting", f"token={KEY}")
    assert "entry_unparsed" not in done.stdout + done.stderr
    assert done.stdout.startswith(("ok ", "obs", "FEL"))
    assert done.stderr == ""


def test_a_connector_of_ones_own_begins_with_green_tests(desk, tmp_path):
    def new(name: str) -> subprocess.CompletedProcess[str]:
        return desk.run("-c", "from patientoversikt_kit.new import main; main()", name, cwd=tmp_path)

    assert new("klippan").returncode == 0
    assert new("klippan").returncode == 2
    assert new("Två ord").returncode == 2
    made = tmp_path / "klippan"
    left = [path for path in made.rglob("*") if "hemvist" in str(path.relative_to(made)).lower()]
    assert left == []
    assert all("hemvist" not in path.read_text("utf-8").lower() for path in made.rglob("*") if path.is_file())
    told = made / "klippan_connector-1.0.dist-info"  # as pip installs it, in the folder where it stands
    told.mkdir()
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: klippan-connector\nVersion: 1.0\n", "utf-8")
    project = tomllib.loads((made / "pyproject.toml").read_text("utf-8"))["project"]
    (point,) = project["entry-points"]["patientoversikt.connectors"].items()
    points = f"[patientoversikt.connectors]\n{point[0]} = {point[1]}\n"
    (told / "entry_points.txt").write_text(points, "utf-8")
    done = desk.run(
        *("-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:django", "-p", "no:socket"),
        cwd=made,
        PYTHONPATH=str(made),
    )
    assert done.returncode == 0, done.stdout[-2000:]
