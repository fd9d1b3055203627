"""The fault matrix for sources that speak XML, against the bare transport; mutual TLS and its refusals."""

import ssl
import time
from functools import partial

import pytest
from lxml import etree

from connectors.base.certificates import client_tls
from connectors.base.contract import Fault, SourceFault, SourceProfile
from connectors.base.faults import FAULTS, XML_FAULTS
from connectors.base.faultserver import Reply, run_fault_server
from connectors.base.registry import build_connector
from connectors.base.scenarios import run
from connectors.base.transport import Transport
from connectors.base.xmlreading import check_prolog, read_xml
from connectors.npo.scenarios import records as npo_records
from connectors.npo.scenarios import server as npo_server
from consent.vocabulary import Kind
from tests.factories.permits import permit_for
from tests.faults.certificates import client_pem, make_authority, server_context

pytestmark = pytest.mark.network
# Only the reader of a contract can tell these from an answer.
FOR_THE_READER = {"SOAP fault with 200", "XML of another sort", "login page called XML"}
ACTION = "urn:riv:x:GetThingResponder:2:GetThing"


def xml_reply(body: bytes, **more) -> Reply:
    return Reply(body, content_type="text/xml;charset=UTF-8", **more)


def post(answer, *, deadline_s=5.0, tls_server=None, calls=1, **options):
    """What comes of asking a server that answers like this: roots or faults, and the server."""

    async def asking():
        async with run_fault_server(answer, tls_server) as server:
            transport = Transport(server.base_url, deadline_s=deadline_s, accept="text/xml", **options)
            outcomes = [await attempt(transport) for _ in range(calls)]
            return outcomes if calls > 1 else outcomes[0], server

    return run(asking())


async def attempt(transport):
    try:
        return await transport.post_xml("x", "<fråga/>".encode(), ACTION)
    except SourceFault as fault:
        return fault


@pytest.mark.parametrize("misbehaviour", [*FAULTS, *XML_FAULTS], ids=lambda m: m.name)
def test_fault_matrix(misbehaviour):
    deadline_s = 0.3 if misbehaviour.is_slow else 5.0
    outcome, _ = post(lambda _: misbehaviour.reply(), deadline_s=deadline_s)
    if misbehaviour.name in FOR_THE_READER and not isinstance(outcome, SourceFault):
        return
    assert isinstance(outcome, SourceFault), misbehaviour.name
    assert outcome.fault is misbehaviour.fault


def test_question_goes_out_as_soap_says():
    outcome, server = post(lambda _: xml_reply("<svar>åäö</svar>".encode()))
    assert (outcome.tag, outcome.text) == ("svar", "åäö")
    (asked,) = server.asked
    assert asked.headers["soapaction"] == f'"{ACTION}"'
    assert asked.headers["content-type"] == "text/xml; charset=utf-8"
    assert asked.body == "<fråga/>".encode()


def test_soap_fault_is_asked_once_and_closed_service_twice():
    soap_fault = next(m for m in XML_FAULTS if m.name == "SOAP fault")
    fault, server = post(lambda _: soap_fault.reply())
    assert (fault.fault, len(server.asked)) == (Fault.REPORTED, 1)
    closed, server = post(lambda _: xml_reply(b"<a/>", status=500))
    assert (closed.fault, len(server.asked)) == (Fault.UNAVAILABLE, 2)


@pytest.mark.parametrize(
    "body",
    [b"<a/>", b"\xef\xbb\xbf<a/>", b'<?xml version="1.0" encoding="utf-8"?>\n<a/>',
     b"<!-- <!DOCTYPE a> --><a/>", b"<?pi x?><a/>", b"<a><![CDATA[<!DOCTYPE html>]]></a>", "<å/>".encode()],
)  # fmt: skip
def test_sound_prologs_are_read(body):
    assert read_xml(body, "text/xml").tag in ("a", "å")


@pytest.mark.parametrize(
    "opening", [b"<!--" * 300_000, b"<?a ?>" * 200_000, b" " * 2_000_000, b"<!-- -" * 200_000]
)
def test_prologs_without_end_are_refused_at_once(opening):
    started = time.process_time()
    with pytest.raises(SourceFault):
        check_prolog(opening)
    assert time.process_time() - started < 1.0


def test_nothing_is_fetched_or_included():
    async def asking():
        async with run_fault_server(lambda _: xml_reply(b"<hemligt/>")) as elsewhere:
            include = (
                '<a xmlns:xi="http://www.w3.org/2001/XInclude">'
                f'<xi:include href="{elsewhere.base_url}/x"/></a>'
            )
            entity = f'<!DOCTYPE a SYSTEM "{elsewhere.base_url}/a.dtd"><a/>'
            outcomes = []
            for body in (include, entity):
                reply = xml_reply(body.encode())
                async with run_fault_server(partial(lambda given, _: given, reply)) as server:
                    outcomes.append(await attempt(Transport(server.base_url)))
            return outcomes, elsewhere.connections

    (included, refused), connections = run(asking())
    assert connections == 0
    assert "hemligt" not in etree.tostring(included).decode()
    assert refused.fault is Fault.FORMAT


# Mutual TLS.


@pytest.fixture
def authority(tmp_path):
    return make_authority(tmp_path)


def asking_for_clients(authority, *, version=None, **flaws):
    """A server that lets in only whom this authority has signed for."""
    context = server_context(authority, **flaws)
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(authority.path)
    if version is not None:
        context.maximum_version = version
    return context


def over_tls(server, client, calls=1):
    return post(lambda _: xml_reply(b"<a/>"), tls_server=server, tls=client, calls=calls)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=lambda v: v.name)
def test_certificate_of_the_right_authority_opens(authority, version):
    pem = client_pem(authority)
    client = client_tls(authority.pem, pem.certificate, pem.key)
    outcome, server = over_tls(asking_for_clients(authority, version=version), client)
    assert outcome.tag == "a"
    assert len(server.asked) == 1


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=lambda v: v.name)
@pytest.mark.parametrize("flaw", ["none", "wrong_authority", "expired"])
def test_refused_certificate_is_tls_asked_once_and_never_without(authority, tmp_path, version, flaw):
    signer = make_authority(tmp_path / "other") if flaw == "wrong_authority" else authority
    pem = client_pem(signer, expired=flaw == "expired")
    certificate, key = ("", "") if flaw == "none" else (pem.certificate, pem.key)
    client = client_tls(authority.pem, certificate, key)
    outcome, server = over_tls(asking_for_clients(authority, version=version), client)
    # Our own that has run out is known here: the source is not even called.
    wanted = Fault.CERTIFICATE if flaw == "expired" else Fault.TLS
    assert (outcome.fault, server.asked) == (wanted, [])
    assert server.connections <= (0 if flaw == "expired" else 1)


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
@pytest.mark.parametrize("flaw", ["expired", "wrong_host", "wrong_authority", "old_protocol"])
def test_server_that_is_not_who_it_says_gets_no_question(authority, tmp_path, flaw):
    pem = client_pem(authority)
    trusted = make_authority(tmp_path / "other") if flaw == "wrong_authority" else authority
    flaws = {"expired": flaw == "expired", "host": "x.invalid" if flaw == "wrong_host" else "127.0.0.1"}
    tls = asking_for_clients(authority, **flaws)
    if flaw == "old_protocol":
        tls.set_ciphers("DEFAULT@SECLEVEL=0")
        tls.minimum_version, tls.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    outcome, server = over_tls(tls, client_tls(trusted.pem, pem.certificate, pem.key))
    assert (outcome.fault, server.asked) == (Fault.TLS, [])


def test_reset_after_the_certificate_was_once_good_is_no_refusal(authority):
    pem = client_pem(authority)
    replies = [xml_reply(b"<a/>")]
    outcomes, _ = post(
        lambda _: replies.pop() if replies else Reply(reset=True, length=-1, status=200),
        tls_server=asking_for_clients(authority),
        tls=client_tls(authority.pem, pem.certificate, pem.key),
        calls=2,
    )
    assert outcomes[0].tag == "a"
    assert outcomes[1].fault is not Fault.TLS


def test_line_breaks_that_a_form_took_away_do_no_harm(authority):
    pem = client_pem(authority)
    flat = [text.replace("\n", " ") for text in (authority.pem, pem.certificate, pem.key)]
    outcome, _ = over_tls(asking_for_clients(authority), client_tls(*flat))
    assert outcome.tag == "a"


def test_key_that_cannot_be_used_is_a_config_fault(authority):
    pem, other = client_pem(authority), client_pem(authority)
    unusable = [
        (authority.pem, pem.certificate, ""),
        (authority.pem, "", pem.key),
        (authority.pem, pem.certificate, other.key),
        (authority.pem, pem.certificate, client_pem(authority, pass_phrase=b"hemlig").key),
        ("no pem", pem.certificate, pem.key),
        (authority.pem, "-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----", pem.key),
    ]
    for texts in unusable:
        with pytest.raises(SourceFault) as caught:
            client_tls(*texts)
        assert caught.value.fault is Fault.CONFIG


# The same through a connector, whose source keeps certificate, key and authority among its secrets.


def npo_over_tls(server_tls, **secrets):
    """What the connector makes of a platform behind mutual TLS, and the platform."""

    async def asking():
        async with run_fault_server(npo_server(npo_records()), server_tls) as server:
            settings = {"logical_address": "SE1", **secrets}
            profile = SourceProfile("npo", "NPÖ", server.base_url, None, connector="npo", settings=settings)
            try:
                return await build_connector(profile).fetch(
                    permit_for(), frozenset({Kind.MEDICATION})
                ), server
            except SourceFault as fault:
                return fault, server

    return run(asking())


def test_connector_presents_its_certificate_and_is_answered(authority):
    pem = client_pem(authority)
    outcome, server = npo_over_tls(
        asking_for_clients(authority),
        client_certificate=pem.certificate, client_key=pem.key, authority=authority.pem,
    )  # fmt: skip
    assert [record.title for record in outcome.records] == ["Furosemid 40 mg"]
    assert len(server.asked) == 1


@pytest.mark.parametrize("flaw", ["none", "wrong_signer", "public_authorities"])
def test_connector_that_is_refused_or_does_not_trust_asks_nothing(authority, tmp_path, flaw):
    pem = client_pem(make_authority(tmp_path / "other") if flaw == "wrong_signer" else authority)
    secrets = {"client_certificate": pem.certificate, "client_key": pem.key, "authority": authority.pem}
    if flaw == "none":
        del secrets["client_certificate"], secrets["client_key"]
    if flaw == "public_authorities":
        del secrets["authority"]
    outcome, server = npo_over_tls(asking_for_clients(authority), **secrets)
    assert (outcome.fault, server.asked) == (Fault.TLS, [])
    assert server.connections <= 1
