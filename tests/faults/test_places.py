"""Connectors call where the installation says and nowhere else, however an address is spelled or resolved."""

import asyncio
import functools
import gc
import socket
import subprocess
import sys
from ipaddress import ip_network

import aiohttp
import pytest
from aiohttp.abc import AbstractResolver
from django.core.exceptions import ImproperlyConfigured
from yarl import URL

from connectors.base.authentication import ClientCredentials, bearer
from connectors.base.contract import Fault, SourceFault
from connectors.base.faultserver import Reply, gzip_bomb, json_reply, run_fault_server
from connectors.base.places import Host, Misplaced, Network, Places
from connectors.base.scenarios import run
from connectors.base.transport import Transport
from portal.settings.places import read_places

pytestmark = pytest.mark.network

# Written as a host in an address. None of them may be called where nothing is listed.
FORBIDDEN = (
    "127.0.0.1", "127.1", "127.255.255.254", "0177.0.0.1", "0x7f.0.0.1", "0x7f000001", "2130706433",
    "017700000001", "localhost", "a.localhost", "[::1]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]", "[::127.0.0.1]", "0.0.0.0", "0", "[::]", "169.254.169.254", "2852039166",
    "0xa9fea9fe", "0251.0376.0251.0376", "[::ffff:169.254.169.254]", "[fd00:ec2::254]", "169.254.170.2",
    "100.100.100.200", "168.63.129.16", "[fe80::1]", "169.254.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1",
    "100.64.0.1", "[fd12:3456::1]", "[64:ff9b::7f00:1]", "[64:ff9b::a9fe:a9fe]", "[64:ff9b:1::a00:1]",
    "[2002:7f00:1::]", "[2002:a9fe:a9fe::1]", "[2001:0:4136:e378:8000:63bf:3fff:fdd2]", "192.88.99.1",
    "224.0.0.1", "239.255.255.250", "[ff02::1]", "[ff0e::1]", "255.255.255.255", "240.0.0.1", "192.0.2.1",
    "198.18.0.1", "[2001:db8::1]", "[100::1]",
)  # fmt: skip
PUBLIC = ("193.10.0.1", "8.8.8.8", "[2a00:801::1]", "fhir.region.invalid")


@pytest.mark.parametrize("host", FORBIDDEN)
def test_what_is_not_public_is_never_called_unless_listed(host):
    assert Places().flaw_of(URL(f"https://{host}/fhir")) is Misplaced.NETWORK


@pytest.mark.parametrize("host", PUBLIC)
def test_public_addresses_and_names_may_be_written(host):
    assert Places().flaw_of(URL(f"https://{host}/fhir")) is None


@pytest.mark.parametrize("host", FORBIDDEN)
def test_the_transport_opens_no_connection_to_them(host, settings, monkeypatch):
    """Not by the text of the address, and not by the socket, where the text is let through."""
    settings.SOURCE_PLACES = Places()
    opened = []
    monkeypatch.setattr(socket.socket, "connect", lambda *a: opened.append(a))
    assert ask(f"http://{host}:8080") is Fault.FORBIDDEN
    monkeypatch.setattr(Places, "flaw_of", lambda *a: None)
    assert ask(f"http://{host}:8080") in (Fault.FORBIDDEN, Fault.CONFIG, Fault.DNS)
    assert opened == []


def ask(base_url):
    async def asking():
        try:
            return await Transport(base_url, deadline_s=5).post_json("x", {})
        except SourceFault as fault:
            return fault.fault

    return run(asking())


class Rebinding(AbstractResolver):
    """A name that leads somewhere else at every look-up."""

    def __init__(self, *addresses):
        self.addresses, self.asked = list(addresses), 0

    async def resolve(self, host, port=0, family=socket.AF_INET):
        address = self.addresses[min(self.asked, len(self.addresses) - 1)]
        self.asked += 1
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        return [{"hostname": host, "host": address, "port": port, "family": family, "proto": 0, "flags": 0}]

    async def close(self):
        pass


@pytest.fixture
def resolve_to(monkeypatch):
    def resolving(*addresses):
        resolver = Rebinding(*addresses)
        connector = functools.partial(aiohttp.TCPConnector, resolver=resolver, use_dns_cache=False)
        monkeypatch.setattr(aiohttp, "TCPConnector", lambda **o: connector(**without(o)))
        return resolver

    return resolving


def without(options):
    return {name: value for name, value in options.items() if name != "ttl_dns_cache"}


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "169.254.169.254", "10.1.2.3", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1"]
)
def test_a_name_that_leads_inside_is_refused_when_it_is_connected_to(address, settings, resolve_to):
    settings.SOURCE_PLACES = Places()
    resolver = resolve_to(address)
    assert ask("http://fhir.region.invalid") is Fault.FORBIDDEN
    assert resolver.asked


def test_rebinding_between_two_questions_gains_nothing(settings, resolve_to):
    """First where it may, then where it may not: each connection is looked at anew."""

    async def asking():
        async with run_fault_server(lambda _: json_reply({"ok": 1})) as server:
            port = URL(server.base_url).port
            settings.SOURCE_PLACES = Places((Network(ip_network("127.0.0.1/32"), port),))
            resolve_to("127.0.0.1", "127.0.0.2")
            transport = Transport(f"http://fhir.region.invalid:{port}")
            first = await transport.post_json("x", {})
            with pytest.raises(SourceFault, match="forbidden"):
                await transport.post_json("x", {})
            return first, server.connections

    assert run(asking()) == ({"ok": 1}, 1)


@pytest.fixture
def any_socket(monkeypatch):
    """Only the text of an address is looked at, as where a connection was kept."""
    monkeypatch.setattr("connectors.base.session.open_checked_socket", lambda info: socket.socket(*info[:3]))


def test_place_that_was_called_is_refused_once_it_is_no_longer_listed(settings, any_socket):
    async def asking():
        async with run_fault_server(lambda _: json_reply({"ok": 1})) as server:
            transport = Transport(server.base_url)
            settings.SOURCE_PLACES = Places((Network(ip_network("127.0.0.1/32")),))
            assert await transport.post_json("x", {}) == await transport.post_json("x", {}) == {"ok": 1}
            settings.SOURCE_PLACES = Places((Network(ip_network("127.0.0.2/32")),))
            with pytest.raises(SourceFault, match="forbidden"):
                await transport.post_json("x", {})
            return len(server.asked)

    assert run(asking()) == 2


@pytest.mark.parametrize(
    "source", ["http://169.254.169.254", "http://127.0.0.1:1", "http://a:b@127.0.0.1:{port}"]
)
def test_token_service_that_may_be_called_opens_no_other_place(source, settings, any_socket):
    async def asking():
        token = {"access_token": "t", "token_type": "Bearer", "expires_in": 60}
        async with run_fault_server(lambda _: json_reply(token)) as server:
            port = URL(server.base_url).port
            settings.SOURCE_PLACES = Places((Network(ip_network("127.0.0.1/32"), port),))
            credentials = ClientCredentials(f"{server.base_url}/token", "id", "secret")
            transport = Transport(source.format(port=port), authentication=credentials)
            with pytest.raises(SourceFault, match="forbidden"):
                await transport.post_json("x", {})
            return len(server.asked)

    assert run(asking()) == 1


def test_a_listed_network_is_called_on_its_port_alone(settings):
    async def asking():
        async with run_fault_server(lambda _: json_reply({"ok": 1})) as server:
            port = int(server.base_url.rpartition(":")[2])
            outcomes: list[object] = []
            for listed in (port, port - 1):
                settings.SOURCE_PLACES = Places((Network(ip_network("127.0.0.0/8"), listed),))
                try:
                    outcomes.append(await Transport(server.base_url).post_json("x", {}))
                except SourceFault as fault:
                    outcomes.append(fault.fault)
            return outcomes

    assert run(asking()) == [{"ok": 1}, Fault.FORBIDDEN]


@pytest.mark.parametrize("block", ["169.254.0.0/16", "0.0.0.0/0", "168.63.0.0/16"])
def test_a_listed_network_never_brings_a_metadata_service_along(block):
    places = Places((Network(ip_network(block)),))
    assert not places.may_connect("169.254.169.254", 80)
    assert not places.may_connect("168.63.129.16", 80)
    assert Places((Network(ip_network("169.254.169.254/32")),)).may_connect("169.254.169.254", 80)


def test_listed_hosts_are_the_only_ones():
    places = Places(hosts=(Host("fhir.region.invalid", 443), Host("*.kommun.invalid")))
    allowed = ("https://fhir.region.invalid/r4", "https://a.kommun.invalid:8443", "https://A.KOMMUN.invalid.")
    refused = ("https://fhir.region.invalid:8443", "https://kommun.invalid", "https://xkommun.invalid",
               "https://kommun.invalid.evil.invalid", "https://193.10.0.1")  # fmt: skip
    assert [places.flaw_of(URL(u)) for u in allowed] == [None] * 3
    assert {places.flaw_of(URL(u)) for u in refused} == {Misplaced.HOST}


@pytest.mark.parametrize(
    ("address", "flaw"),
    [("ftp://a.invalid", Misplaced.NO_ADDRESS), ("//a.invalid", Misplaced.NO_ADDRESS),
     ("https://", Misplaced.NO_ADDRESS), ("fhir", Misplaced.NO_ADDRESS),
     ("https://user:pw@a.invalid", Misplaced.CREDENTIALS), ("https://user@a.invalid", Misplaced.CREDENTIALS)],
)  # fmt: skip
def test_what_is_no_address_of_a_source_is_said(address, flaw):
    assert Places().flaw_of(URL(address)) is flaw


def test_the_environment_says_which(monkeypatch):
    monkeypatch.setenv("SOURCE_NETWORKS", "10.20.0.0/16:443, fd12::/32, [fd13::/32]:8443, 192.168.1.7")
    monkeypatch.setenv("SOURCE_HOSTS", "*.region.invalid, kommun.invalid:8443")
    places = read_places()
    assert places.may_connect("10.20.1.1", 443)
    assert not places.may_connect("10.20.1.1", 80)
    assert not places.may_connect("10.21.1.1", 443)
    assert places.may_connect("fd12::7", 1)
    assert places.may_connect("fd13::7", 8443)
    assert places.may_connect("192.168.1.7", 80)
    assert places.hosts == (Host("*.region.invalid"), Host("kommun.invalid", 8443))


@pytest.mark.parametrize(
    ("name", "value"),
    [("SOURCE_NETWORKS", "10.2.0.1/16"), ("SOURCE_NETWORKS", "intranet"), ("SOURCE_NETWORKS", "10.0.0.0/8:0"),
     ("SOURCE_HOSTS", "https://a.invalid"), ("SOURCE_HOSTS", "a.invalid:x"), ("SOURCE_HOSTS", "a..invalid")],
)  # fmt: skip
def test_a_list_that_cannot_be_read_stops_start_up(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(ImproperlyConfigured, match=name):
        read_places()


# What must not leave with a request, and what must not come in with an answer.


def test_a_token_never_follows_a_page_link_to_another_port():
    async def asking():
        async with (
            run_fault_server(lambda _: json_reply({})) as elsewhere,
            run_fault_server(lambda _: json_reply({"next": elsewhere.base_url + "/p"})) as source,
        ):
            transport = Transport(source.base_url, authentication=bearer("hemlig"))
            link = (await transport.post_json("x", {}))["next"]
            with pytest.raises(SourceFault) as caught:
                await transport.get_page(link)
            sent = [asked.headers["authorization"] for asked in source.asked]
            return caught.value.fault, elsewhere.connections, sent

    assert run(asking()) == (Fault.REDIRECT, 0, ["Bearer hemlig"])


READING = """
import asyncio, pathlib, re, sys
from django.conf import settings
from ipaddress import ip_network
from connectors.base.places import Network, Places
settings.configure(SOURCE_PLACES=Places((Network(ip_network("127.0.0.0/8")),)))
from connectors.base.contract import SourceFault
from connectors.base.session import close_session
from connectors.base.transport import Transport

async def ask(path):
    try:
        return await Transport(sys.argv[1], deadline_s=20).post_json(path, {})
    except SourceFault as fault:
        return fault.fault.value

def peak_kb():
    return int(re.search(r"VmHWM:\\s*(\\d+)", pathlib.Path("/proc/self/status").read_text())[1])

async def both():
    await ask("small")
    before = peak_kb()
    outcome = await ask("large")
    await close_session()
    print(outcome, peak_kb() - before)

asyncio.run(both())
"""


@pytest.mark.parametrize("kind", ["50 MB", "gzip bomb"])
def test_what_is_too_large_costs_a_process_little_memory(kind):
    """Measured in a process of its own, which does not hold what is sent."""
    large = Reply(b" " * (50 * 1024 * 1024)) if kind == "50 MB" else gzip_bomb(200 * 1024 * 1024)

    async def asking():
        async with run_fault_server(lambda a: large if a.path == "/large" else json_reply({})) as server:
            command = [sys.executable, "-c", READING, server.base_url]
            reading = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
            said, _ = await reading.communicate()
            return said.decode().splitlines()[-1].split()

    outcome, grown_kb = run(asking())
    gc.collect()
    assert outcome == "too_large"
    assert int(grown_kb) <= 64 * 1024
