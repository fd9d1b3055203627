"""What all simulators share: their life as processes, their orders, and their faults on the wire."""

import http.client
import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from demo.people.facts import A, B, J
from tests.demo.running import ROOT, Simulator, running

pytestmark = [pytest.mark.demo, pytest.mark.network]
ASKED = {"personid": A.number, "typ": "personnummer"}
SEARCH = "/api/v1/hsl/personer/sok"
NAMES = ["person", "fhir", "viva", "accessfacts", "npo"]


@pytest.fixture(scope="module")
def viva() -> Iterator[Simulator]:
    with running("viva", X_Api_Key="demo") as simulator:
        yield simulator


@pytest.fixture(autouse=True)
def obedient(viva: Simulator) -> None:
    viva.order("ok")
    viva.ask("DELETE", "/_requests")


@pytest.mark.parametrize("name", NAMES)
def test_a_simulator_ends_when_its_input_ends(name: str) -> None:
    with running(name) as simulator:
        stdin = simulator.process.stdin
        assert stdin is not None
        stdin.close()
        assert simulator.process.wait(timeout=5) == 0


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_simulator_ends_on_a_signal(name: str, number: signal.Signals) -> None:
    with running(name) as simulator:
        simulator.process.send_signal(number)
        assert simulator.process.wait(timeout=5) == 0


def test_a_killed_parent_takes_its_children_along() -> None:
    parent = """
import subprocess, sys, time
command = [sys.executable, "-m", "demo.simulators.viva", "--until-eof"]
child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
print(child.stdout.readline().rpartition(":")[2].strip(), flush=True)
time.sleep(60)
"""
    with subprocess.Popen(
        [sys.executable, "-c", parent], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        process.kill()
    child = Simulator(process, port, {})
    for _ in range(50):
        try:
            child.ask("GET", "/_control")
        except ConnectionRefusedError:
            return
        except (ConnectionResetError, http.client.RemoteDisconnected):
            pass
        time.sleep(0.1)
    pytest.fail("the simulator outlived its parent")


def test_a_simulator_ends_in_the_middle_of_a_hung_answer() -> None:
    with running("viva", X_Api_Key="demo") as simulator:
        simulator.order("hang")
        with pytest.raises(TimeoutError):
            simulator.send(SEARCH, ASKED, timeout_s=0.3)
        simulator.process.terminate()
        assert simulator.process.wait(timeout=5) == 0


def test_an_unknown_mode_is_refused_and_changes_nothing(viva: Simulator) -> None:
    assert viva.send("/_control", {"mode": "sulk"}).status == 400
    assert viva.send("/_control", {"mode": "slow", "minutes": 3}).status == 400
    assert viva.ask("GET", "/_control").json["mode"] == "ok"


def test_put_right_again_a_system_is_as_it_began() -> None:
    with running("mobimed") as simulator:
        began = simulator.ask("GET", "/_control").json
        assert (began["mode"], began["patient"]) == ("hang", J.number)
        simulator.order("slow", seconds=1)
        simulator.order("ok")
        assert simulator.ask("GET", "/_control").json == began


def test_questions_are_remembered_until_forgotten(viva: Simulator) -> None:
    viva.send(SEARCH, ASKED)
    (asked,) = viva.ask("GET", "/_requests").json
    assert (asked["method"], asked["path"], json.loads(asked["body"])) == ("POST", SEARCH, ASKED)
    viva.ask("DELETE", "/_requests")
    assert viva.ask("GET", "/_requests").json == []


def test_slow_answers_late_but_soundly(viva: Simulator) -> None:
    viva.order("slow", seconds=0.4)
    begun = time.monotonic()
    reply = viva.send(SEARCH, ASKED)
    assert time.monotonic() - begun >= 0.4
    assert reply.json["inskrivning"]


def test_hang_sends_not_even_headers(viva: Simulator) -> None:
    viva.order("hang")
    with pytest.raises(TimeoutError):
        viva.send(SEARCH, ASKED, timeout_s=0.4)


def test_drip_sends_headers_at_once_and_the_body_byte_by_byte(viva: Simulator) -> None:
    viva.order("drip", seconds=0.1)
    line = http.client.HTTPConnection("127.0.0.1", viva.port, timeout=2)
    line.request("POST", SEARCH, json.dumps(ASKED), viva.headers)
    response = line.getresponse()
    assert (response.status, response.getheader("Content-Type")) == (200, "application/json; charset=utf-8")
    begun = time.monotonic()
    assert response.read(4) == b'{"pe'
    assert 0.2 < time.monotonic() - begun < 1.5
    response.close()
    line.close()


def test_reset_breaks_the_connection_in_the_middle(viva: Simulator) -> None:
    viva.order("reset")
    with pytest.raises((ConnectionResetError, http.client.IncompleteRead)):
        viva.send(SEARCH, ASKED)


def test_malformed_is_complete_on_the_wire_and_broken_as_json(viva: Simulator) -> None:
    viva.order("malformed")
    reply = viva.send(SEARCH, ASKED)
    assert (reply.status, reply.headers["content-type"]) == (200, "application/json; charset=utf-8")
    with pytest.raises(json.JSONDecodeError):
        _ = reply.json


def test_html_is_a_login_page_with_a_friendly_status(viva: Simulator) -> None:
    viva.order("html")
    reply = viva.send(SEARCH, ASKED)
    assert (reply.status, reply.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert b"Logga in" in reply.body


@pytest.mark.parametrize(
    ("mode", "status", "header"),
    [
        ("unauthorized", 401, "www-authenticate"),
        ("unavailable", 503, "retry-after"),
    ],
)
def test_refusals_say_so_in_status_and_header(viva: Simulator, mode: str, status: int, header: str) -> None:
    viva.order(mode)
    reply = viva.send(SEARCH, ASKED)
    assert reply.status == status
    assert header in reply.headers


def test_a_fault_can_be_kept_to_one_person(viva: Simulator) -> None:
    viva.order("unavailable", patient=J.number)
    assert viva.send(SEARCH, ASKED).status == 200
    assert viva.send(SEARCH, ASKED | {"personid": J.number}).status == 503


def test_empty_is_a_complete_answer_with_nothing_in_it(viva: Simulator) -> None:
    honest = viva.send(SEARCH, ASKED | {"personid": B.number}).json
    viva.order("empty")
    reply = viva.send(SEARCH, ASKED).json
    assert {name for name, value in reply.items() if value == []} == set(honest) - {"personid", "hamtad"}


def test_foreign_slips_in_somebody_elses_record(viva: Simulator) -> None:
    viva.order("foreign", position=0)
    reply = viva.send(SEARCH, ASKED).json
    entries = [entry for name, group in reply.items() if isinstance(group, list) for entry in group]
    assert {entry["personid"] for entry in entries} > {A.number}
    assert sum(entry["personid"] != A.number for entry in entries) == 1
