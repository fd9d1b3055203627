"""Ways a source can misbehave on the wire, each with the one fault it must become."""

from collections.abc import Callable
from dataclasses import dataclass

from connectors.base.contract import Fault
from connectors.base.faultserver import Reply, gzip_bomb, json_reply

LOGIN = b"<!doctype html><title>Logga in</title>"
BEYOND_THE_CAP = 6 * 1024 * 1024
BOMB = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Misbehaviour:
    """``is_slow``: it ends by the deadline, so a test gives it a short one."""

    name: str
    fault: Fault
    reply: Callable[[], Reply]
    is_slow: bool = False


def _raw(body: bytes, content_type: str = "application/json") -> Callable[[], Reply]:
    return lambda: Reply(body, content_type=content_type)


def _status(status: int, **headers: str) -> Callable[[], Reply]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda: json_reply({}, status, headers=named)


FAULTS = (
    Misbehaviour(
        "hang before headers", Fault.TIMED_OUT, lambda: Reply(hang_before_headers=True), is_slow=True
    ),
    Misbehaviour("headers byte by byte", Fault.TIMED_OUT, lambda: Reply(b"{}", pace_s=0.05), is_slow=True),
    Misbehaviour("body never ends", Fault.TIMED_OUT, lambda: Reply(b"{", length=9, hang=True), is_slow=True),
    Misbehaviour("reset in the body", Fault.TRUNCATED, lambda: Reply(b'{"a":', length=99, reset=True)),
    Misbehaviour("shorter than it claims", Fault.TRUNCATED, lambda: Reply(b'{"a":1}', length=99)),
    Misbehaviour("gzip cut short", Fault.TRUNCATED, lambda: _cut(gzip_bomb(1024 * 1024))),
    Misbehaviour("401", Fault.AUTH, _status(401)),
    Misbehaviour("403", Fault.AUTH, _status(403)),
    Misbehaviour("405", Fault.CONFIG, _status(405)),
    Misbehaviour("429", Fault.THROTTLED, _status(429, Retry_After="7")),
    Misbehaviour("500", Fault.UNAVAILABLE, _status(500)),
    Misbehaviour("503", Fault.UNAVAILABLE, _status(503)),
    Misbehaviour("204", Fault.FORMAT, _status(204)),
    Misbehaviour("206", Fault.FORMAT, _status(206)),
    Misbehaviour("redirect", Fault.REDIRECT, _status(302, Location="/elsewhere")),
    Misbehaviour("malformed", Fault.FORMAT, _raw(b'{"a":')),
    Misbehaviour("no content", Fault.FORMAT, _raw(b"")),
    Misbehaviour("login page", Fault.FORMAT, _raw(LOGIN, "text/html")),
    Misbehaviour("login page called JSON", Fault.FORMAT, _raw(LOGIN)),
    Misbehaviour("no content type", Fault.FORMAT, _raw(b"{}", "")),
    Misbehaviour("duplicate keys", Fault.FORMAT, _raw(b'{"entry":[],"entry":[1]}')),
    Misbehaviour("NaN", Fault.FORMAT, _raw(b'{"a":NaN}')),
    Misbehaviour("infinite number", Fault.FORMAT, _raw(b'{"a":1e999}')),
    Misbehaviour("too deep", Fault.FORMAT, _raw(b'{"a":' + b"[" * 65 + b"]" * 65 + b"}")),
    Misbehaviour("list instead of object", Fault.FORMAT, _raw(b"[]")),
    Misbehaviour("object of another sort", Fault.FORMAT, _raw(b'{"status":"ok"}')),
    Misbehaviour("Latin-1 bytes", Fault.FORMAT, _raw('{"personid":"å"}'.encode("latin-1"))),
    Misbehaviour("Latin-1 declared", Fault.FORMAT, _raw(b"{}", "application/json; charset=iso-8859-1")),
    Misbehaviour("half a surrogate pair", Fault.FORMAT, _raw(rb'{"a":"\ud800"}')),
    Misbehaviour(
        "unknown compression", Fault.FORMAT, lambda: Reply(b"{}", headers={"Content-Encoding": "br"})
    ),
    Misbehaviour("larger than the cap", Fault.TOO_LARGE, lambda: Reply(b" " * BEYOND_THE_CAP)),
    Misbehaviour("gzip bomb", Fault.TOO_LARGE, lambda: gzip_bomb(BOMB)),
)

ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
_SOAP_FAULT = (
    f'<s:Envelope xmlns:s="{ENVELOPE}"><s:Body><s:Fault><faultcode>s:Server</faultcode>'
    "<faultstring>?</faultstring></s:Fault></s:Body></s:Envelope>"
).encode()
_LAUGHS = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10 if n else b"lol") for n in range(10))


def _xml(body: bytes, status: int = 200) -> Callable[[], Reply]:
    return lambda: Reply(body, status, content_type="text/xml; charset=utf-8")


# What only a source that speaks XML can do, over and above all the others.
XML_FAULTS = (
    Misbehaviour("SOAP fault", Fault.REPORTED, _xml(_SOAP_FAULT, status=500)),
    Misbehaviour("SOAP fault with 200", Fault.REPORTED, _xml(_SOAP_FAULT)),
    Misbehaviour("500 in XML", Fault.UNAVAILABLE, _xml(b"<a/>", status=500)),
    Misbehaviour("malformed XML", Fault.FORMAT, _xml(b"<a><b></a>")),
    Misbehaviour("no XML", Fault.FORMAT, _xml(b"a < b")),
    Misbehaviour("empty XML", Fault.FORMAT, _xml(b"")),
    Misbehaviour("login page called XML", Fault.FORMAT, _xml(LOGIN)),
    Misbehaviour("XML of another sort", Fault.FORMAT, _xml(b"<status>ok</status>")),
    Misbehaviour("undeclared prefix", Fault.FORMAT, _xml(b"<x:a/>")),
    Misbehaviour("undeclared entity", Fault.FORMAT, _xml(b"<a>&x;</a>")),
    Misbehaviour("document type", Fault.FORMAT, _xml(b"<!DOCTYPE a><a/>")),
    Misbehaviour(
        "document type after a comment",
        Fault.FORMAT,
        _xml(b'<?xml version="1.0"?><!-- > --><!DOCTYPE a><a/>'),
    ),
    Misbehaviour(
        "external file",
        Fault.FORMAT,
        _xml(b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'),
    ),
    Misbehaviour("billion laughs", Fault.FORMAT, _xml(b"<!DOCTYPE a [" + _LAUGHS + b"]><a>&l9;</a>")),
    Misbehaviour("XML too deep", Fault.FORMAT, _xml(b"<a>" * 65 + b"</a>" * 65)),
    Misbehaviour("Latin-1 in XML", Fault.FORMAT, _xml("<a>å</a>".encode("latin-1"))),
    Misbehaviour(
        "Latin-1 declared in XML", Fault.FORMAT, _xml(b'<?xml version="1.0" encoding="ISO-8859-1"?><a/>')
    ),
    Misbehaviour("UTF-16 past the look", Fault.FORMAT, _xml("<!DOCTYPE a><a/>".encode("utf-16"))),
    Misbehaviour("XML larger than the cap", Fault.TOO_LARGE, _xml(b"<a>" + b" " * BEYOND_THE_CAP + b"</a>")),
)


def _cut(reply: Reply) -> Reply:
    return Reply(reply.body[: len(reply.body) // 2], headers=reply.headers)
