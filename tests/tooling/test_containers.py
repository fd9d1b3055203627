"""The image and what is around it: as tight as it says, and running where an engine can be had."""

import json
import os
import re
import shutil
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.servers import ROOT, find_free_port

DOCKER = ROOT / "docker"
OURS = ("web", "worker", "beat", "migrate")
BASE = os.environ.get("CONTAINER_BASE_IMAGE", "python:3.11-slim-bookworm")
SERVERS = os.environ.get("CONTAINER_SERVERS_IMAGE", "")
IMAGE = "patientoversikt-under-test"


@pytest.fixture(scope="module")
def composed() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DOCKER / "compose.yaml").read_text())
    return found


# As written. ---------------------------------------------------------------------------------------


def test_each_service_is_limited_and_looked_after(composed):
    for name, service in composed["services"].items():
        assert service["mem_limit"], name
        assert service["restart"], name
        if name not in ("proxy", "beat", "migrate"):
            assert service["healthcheck"]["test"], name


def test_ours_run_without_rights_on_a_root_that_is_not_written(composed):
    for name in OURS:
        service = composed["services"][name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert "user" not in service
        assert "ports" not in service
    assert re.search(r"^USER 10001:10001$", (DOCKER / "Dockerfile").read_text(), re.MULTILINE)


def test_the_proxy_alone_is_reached_from_outside(composed):
    reached = [name for name, service in composed["services"].items() if "ports" in service]
    assert reached == ["proxy"]
    assert composed["networks"]["inside"]["internal"] is True
    assert all("outside" not in s["networks"] for n, s in composed["services"].items() if n != "proxy")


def test_no_secret_stands_in_a_variable(composed):
    for name, service in composed["services"].items():
        for variable in service.get("environment") or {}:
            secret = re.search(r"PASSWORD|SECRET|TOKEN|_URL|_KEY\b", variable)
            assert not secret or variable.endswith("_FILE"), (name, variable)


def test_what_is_asked_from_inside_is_not_to_be_had_through_the_proxy():
    conf = (DOCKER / "nginx/nginx.conf").read_text()
    for path in ("/metrics", "/healthz", "/readyz"):
        assert f"location = {path} {{ return 404; }}" in conf
    assert "access_log off" in conf
    assert "proxy_buffering off" in conf


def test_every_secret_of_compose_is_made(composed, tmp_path):
    made = subprocess.run(
        [sys.executable, "docker/make_secrets.py", str(tmp_path), "--self-signed", "portal.example"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    for secret in composed["secrets"].values():
        path = tmp_path / secret["file"].removeprefix("./secrets/")
        assert path.name == "redis.conf" or path.stat().st_mode & 0o077 == 0, path
    assert tmp_path.stat().st_mode & 0o077 == 0
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    subprocess.run([sys.executable, "docker/make_secrets.py", str(tmp_path)], cwd=ROOT, check=True)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_image_holds_the_product_alone():
    named = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    assert not {name.split("/")[0] for name in named} & {"demo", "tests", "tools", "bench", "kit"}
    assert {"portal", "connectors", "consent", "templates", "static", "locale", "manage.py"} <= set(named)


# As running. ---------------------------------------------------------------------------------------


def docker(*words: str, timeout: int = 900, **more: Any) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["docker", *words], cwd=ROOT, capture_output=True, text=True, timeout=timeout, check=False, **more
    )


@pytest.fixture(scope="module")
def image() -> str:
    """Built once, from what is here."""
    if shutil.which("docker") is None or docker("version", timeout=30).returncode != 0:
        pytest.skip("no container engine runs here (DOCKER_HOST)")
    if docker("image", "inspect", BASE, timeout=30).returncode != 0:
        pytest.skip(f"the image {BASE} is not here; pull it, or name another in CONTAINER_BASE_IMAGE")
    words = ["build", "--file", "docker/Dockerfile", "--tag", IMAGE, "--build-arg", f"BASE_IMAGE={BASE}"]
    if any((DOCKER / "wheels").glob("*.whl")):
        words += ["--build-arg", "PIP_OPTIONS=--no-index --find-links=/wheels"]
    built = docker(*words, ".", env={**os.environ, "DOCKER_BUILDKIT": "0"})
    assert built.returncode == 0, built.stdout[-3000:] + built.stderr[-3000:]
    return IMAGE


def within(image: str, *words: str) -> "subprocess.CompletedProcess[str]":
    return docker("run", "--rm", "--read-only", "--tmpfs", "/tmp", "--network", "none", image, *words)


@pytest.mark.timeout(2400)
@pytest.mark.containers
def test_image_runs_as_nobody_in_particular_and_has_nothing_to_build_with(image):
    said = within(
        image, "sh", "-c", "id -u; touch /opt/portal/x; command -v pip gcc make git; ls /opt/portal/app"
    )
    assert said.stdout.splitlines()[0] == "10001"
    assert "Read-only file system" in said.stderr
    assert set(said.stdout.splitlines()[1:]) - {"__pycache__"} == {
        *("connectors", "consent", "docker", "locale", "manage.py", "portal", "static", "staticfiles"),
        "templates",
    }


@pytest.mark.timeout(2400)
@pytest.mark.containers
def test_image_does_not_start_without_its_secrets(image):
    said = within(image)
    assert said.returncode != 0
    assert "SECRET_KEY must be set" in said.stderr


@pytest.fixture(scope="module")
def running(image: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """All of compose.yaml, from secrets to the first page, as docker/README.md has it."""
    compose = shutil.which("docker-compose")
    if not SERVERS or compose is None:
        pytest.skip("CONTAINER_SERVERS_IMAGE names no image with PostgreSQL, Redis and nginx")
    folder = tmp_path_factory.mktemp("compose")
    shutil.copytree(DOCKER, folder / "docker", ignore=shutil.ignore_patterns("wheels", "secrets"))
    port = find_free_port()
    variables = {
        **os.environ,
        "ALLOWED_HOSTS": "portal.example",
        "SUPPORT_PHONE": "0980-319299",
        "SERVICE_OWNER": "Region Fjäll",
        "HTTPS_PORT": f"127.0.0.1:{port}",
        "PORTAL_IMAGE": image,
        **dict.fromkeys(("POSTGRES_IMAGE", "REDIS_IMAGE", "PROXY_IMAGE"), SERVERS),
    }
    secrets = f"{folder}/docker/secrets:/secrets"
    made = docker(
        *("run", "--rm", "--user", "0", "--volume", secrets, image, "python", "docker/make_secrets.py"),
        *("/secrets", "--self-signed", "portal.example"),
    )
    assert made.returncode == 0, made.stderr

    def run(*words: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [compose, "--file", "docker/compose.yaml", "--project-name", "undertest", *words],
            cwd=folder,
            env=variables,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )

    try:
        migrated = run("run", "--rm", "migrate")
        assert migrated.returncode == 0, migrated.stdout[-3000:] + migrated.stderr[-3000:]
        started = run("up", "--detach")
        assert started.returncode == 0, started.stderr[-3000:] + run("logs", "--tail", "40").stdout[-6000:]
        yield run, port
    finally:
        run("down", "--volumes", "--timeout", "20")


def ask(port: int, path: str) -> tuple[int, str]:
    trusting = ssl._create_unverified_context()  # its certificate is made for this moment
    request = urllib.request.Request(f"https://127.0.0.1:{port}{path}", headers={"Host": "portal.example"})
    try:
        with urllib.request.urlopen(request, timeout=20, context=trusting) as reply:
            return reply.status, reply.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except OSError:
        return 0, ""


@pytest.mark.timeout(2400)
@pytest.mark.containers
def test_compose_serves_through_its_proxy_seals_and_ends_in_order(running):
    run, port = running
    deadline = time.monotonic() + 120
    while (found := ask(port, "/konto/logga-in/"))[0] != 200:
        assert time.monotonic() < deadline, found
        time.sleep(1)
    assert "Region Fjäll" in ask(port, "/tillganglighet/")[1]
    assert [ask(port, path)[0] for path in ("/metrics", "/readyz", "/healthz")] == [404] * 3
    ready = run("exec", "-T", "web", "python", "-c", READY)
    while json.loads(ready.stdout or "{}").get("status") != "ok":
        assert time.monotonic() < deadline, (ready.stdout, ready.stderr)
        time.sleep(1)
        ready = run("exec", "-T", "web", "python", "-c", READY)
    stopped = run("stop", "--timeout", "30", "web")
    assert stopped.returncode == 0, stopped.stderr
    ids = run("ps", "--all", "--quiet", "web").stdout.split()
    codes = [docker("inspect", "--format", "{{.State.ExitCode}}", one).stdout.strip() for one in ids]
    assert codes == ["0", "0"]


READY = "import urllib.request as u; print(u.urlopen('http://127.0.0.1:8000/readyz').read().decode())"


def test_stand_ins_are_made_of_what_is_here():
    text = (ROOT / "tools/stand-in-images").read_text()
    assert "debootstrap" in text
    assert Path(ROOT / "tools/stand-in-images").stat().st_mode & 0o100
