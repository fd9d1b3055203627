"""The ambulance's tablet, played: a client system that reads the record system through the portal.

Stands at an address of its own and shares nothing with the portal but a public key. What it sends is what any
vendor would send (docs/api.md): a token by client credentials, its signed word for the user with every call.
Every patient here is invented. It shows what the portal says and decides nothing.
"""

import argparse
import asyncio
import html
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import jwt
from aiohttp import web

from demo.people import PEOPLE
from demo.people.personas import BY_SIGN_IN, Persona
from demo.simulators.process import argument_parser, run

LASTS_S = 60
ASKED_S = 30
KID = "tablet"
JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LOA3 = "http://id.sambi.se/loa/loa3"
CREW = ("ambulans", "distrikt")
# What a crew wants first, in that order; the labels are the portal's own.
KINDS = ("care_limitation", "care_plan", "coordination", "contact", "social_service")
ACTS: dict[str, tuple[str, dict[str, Any]]] = {
    "choose_units": ("Visa regionens övriga enheter", {"units": ["*"]}),
    "declare_emergency": ("Nödläge: patienten är medvetslös", {"obstacle": "unconscious"}),
    "open_emergency": ("Öppna i nödläget", {}),
}
PAGE = """<!DOCTYPE html>
<html lang="sv"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; --line: #8888; --quiet: light-dark(#555, #bbb); }}
* {{ box-sizing: border-box; }}
body {{ font: 1rem/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 44rem; padding: 1rem; }}
.demo {{ border: 1px dashed var(--line); padding: .5rem .75rem; font-size: .9rem; }}
label {{ display: block; margin: 1rem 0 .25rem; font-weight: 600; }}
select, button {{ font: inherit; padding: .6rem .8rem; min-height: 2.75rem; width: 100%; }}
button {{ margin-top: 1rem; font-weight: 600; }}
h1 {{ font-size: 1.35rem; margin: 1rem 0 .25rem; }}
h2 {{ font-size: 1.1rem; margin: 0; }}
section {{ border-top: 1px solid var(--line); margin-top: 1rem; padding-top: .75rem; }}
p {{ margin: .25rem 0; overflow-wrap: anywhere; }}
.text {{ white-space: pre-line; }}
.quiet {{ color: var(--quiet); }}
ul {{ list-style: none; margin: .5rem 0 0; padding: 0; }}
li {{ padding: .35rem 0; }}
</style></head><body><p class="demo">Demo: en påhittad surfplatta. Alla personer är påhittade.</p>
<main>{main}</main></body></html>"""


@dataclass
class Portal:
    """The portal as this client sees it. ``origin``: its address, as assertions name it."""

    origin: str
    client_id: str
    key: str = field(repr=False)
    token: str = field(default="", repr=False)
    ends: float = 0.0

    def signed(self, **said: Any) -> str:
        now = int(time.time())
        claims = {"iss": self.client_id, "iat": now, "exp": now + LASTS_S, "jti": uuid.uuid4().hex, **said}
        return jwt.encode(claims, self.key, algorithm="ES256", headers={"kid": KID})

    async def headers(self, line: aiohttp.ClientSession, who: Persona) -> dict[str, str]:
        if time.monotonic() > self.ends:
            address = f"{self.origin}/api/oauth/token"
            form = {
                "grant_type": "client_credentials",
                "client_assertion_type": JWT_BEARER,
                "client_assertion": self.signed(sub=self.client_id, aud=address),
            }
            async with line.post(address, data=form) as answer:
                given = await answer.json()
                if answer.status != 200:
                    raise Refused(given.get("error", str(answer.status)))
                self.token, self.ends = given["access_token"], time.monotonic() + given["expires_in"] / 2
        word = self.signed(
            aud=f"{self.origin}/api",
            sub=who.hsa,
            unit=who.assignments[0].unit.hsa,
            purpose="care",
            acr=LOA3,
            auth_time=int(time.time()) - 60,
        )
        return {"Authorization": f"Bearer {self.token}", "Acting-User": word}

    async def ask(self, line: aiohttp.ClientSession, who: Persona, path: str, said: Any = None) -> Any:
        """Raises Refused with the portal's own words."""
        headers = await self.headers(line, who)
        method = "GET" if said is None else "POST"
        async with line.request(method, f"{self.origin}/api/v1{path}", json=said, headers=headers) as answer:
            found = await answer.json(content_type=None)
            if answer.status >= 400:
                raise Refused(f"{found.get('title', '')} {found.get('detail', '')}".strip())
            return found


class Refused(Exception):
    """The portal said no, in words that may be shown."""


def build_app(options: argparse.Namespace) -> web.Application:
    key = Path(options.key).read_text(encoding="ascii")
    portal = Portal(options.portal, options.client_id, key)
    app = web.Application()

    async def choose(_request: web.Request) -> web.Response:
        return _page("Surfplattan", _choice())

    async def show(request: web.Request) -> web.Response:
        form = await request.post()
        who, number = BY_SIGN_IN.get(str(form.get("who"))), str(form.get("patient", ""))
        if who is None or who.sign_in not in CREW:
            return _page("Surfplattan", _choice())
        act = str(form.get("act", ""))
        try:
            timeout = aiohttp.ClientTimeout(total=ASKED_S)
            async with aiohttp.ClientSession(timeout=timeout) as line:
                return _page("Patienten", await _read(portal, line, who, number, act))
        except Refused as refusal:
            return _page("Surfplattan", f"<h1>Portalen svarade nej</h1><p>{_(str(refusal))}</p>{_back()}")
        except (aiohttp.ClientError, TimeoutError, ValueError):
            words = "Ingenting kunde hämtas. Det betyder inte att det inte finns något."
            return _page("Surfplattan", f"<h1>Portalen svarar inte</h1><p>{words}</p>{_back()}")

    app.router.add_get("/", choose)
    app.router.add_post("/visa", show)
    return app


async def _read(portal: Portal, line: aiohttp.ClientSession, who: Persona, number: str, act: str) -> str:
    handle = (await portal.ask(line, who, "/patients/search", {"number": number}))["handle"]
    about = f"/patients/{handle}"
    if act in ACTS:
        await portal.ask(line, who, f"{about}/acts", {"act": act, **ACTS[act][1]})
    overview = await portal.ask(line, who, f"{about}/overview")
    buttons = {button["kind"]: button for button in overview["buttons"]}
    wanted = [buttons[kind] for kind in KINDS if kind in buttons]
    lists = await asyncio.gather(*(_records(portal, line, who, about, button) for button in wanted))
    allowed = (await portal.ask(line, who, f"{about}/access"))["allowed"]
    sections = "".join(_section(button, records) for button, records in zip(wanted, lists, strict=True))
    return _head(overview, who) + sections + _acts(allowed, who, number) + _back()


async def _records(
    portal: Portal, line: aiohttp.ClientSession, who: Persona, about: str, button: dict[str, Any]
) -> list[dict[str, Any]]:
    if button["answer"] != "records":
        return []
    found = await portal.ask(line, who, f"{about}/records/{button['kind']}")
    records: list[dict[str, Any]] = found["records"]
    return records


def _head(overview: dict[str, Any], who: Persona) -> str:
    patient = overview["patient"]
    lines = [notice["text"] for notice in overview["notices"]]
    if not overview["is_complete"]:
        lines.append(overview["missing"])
    said = "".join(f"<p>{_(line)}</p>" for line in lines if line)
    name = patient["name"] or "Namnet kunde inte hämtas"
    works = f"{who.name}, {who.assignments[0].unit.name}"
    return f'<h1>{_(name)}</h1><p>{_(patient["number"])}</p><p class="quiet">{_(works)}</p>{said}'


def _section(button: dict[str, Any], records: list[dict[str, Any]]) -> str:
    """The portal's word stands whatever came: withheld, unknown and nothing are three different words."""
    words = [button["word"], *(flag["text"] for flag in button["flags"])]
    said = "".join(f'<p class="quiet">{_(word)}</p>' for word in words if word)
    items = "".join(_item(record) for record in records)
    return (
        f'<section data-kind="{_(button["kind"])}" data-answer="{_(button["answer"])}">'
        f"<h2>{_(button['label'])}</h2>{said}<ul>{items}</ul></section>"
    )


def _item(record: dict[str, Any]) -> str:
    origin = record["origin"]
    owner = ", ".join(filter(None, (origin["unit_name"], origin["owner"]["name"])))
    text = record["text"] if record["text"] != record["title"] else ""
    told = f'<p class="text">{_(text)}</p>' if text else ""
    return f'<li><b>{_(record["title"])}</b>{told}<p class="quiet">{_(owner)}</p></li>'


def _acts(allowed: list[str], who: Persona, number: str) -> str:
    return "".join(
        f'<form method="post" action="/visa"><input type="hidden" name="who" value="{_(who.sign_in)}">'
        f'<input type="hidden" name="patient" value="{_(number)}">'
        f'<button name="act" value="{name}">{_(words)}</button></form>'
        for name, (words, _said) in ACTS.items()
        if name in allowed
    )


def _choice() -> str:
    crew = "".join(
        f'<option value="{name}">{_(who.name)}, {_(who.assignments[0].unit.name)}</option>'
        for name, who in ((name, BY_SIGN_IN[name]) for name in CREW)
    )
    patients = "".join(
        f'<option value="{_(person.number)}">{_(person.name)}, {_(person.number)}</option>'
        for person in PEOPLE
    )
    return (
        "<h1>Surfplattan</h1><p>Läser journalen genom Patientöversikt. Visar begränsningar, planer, kontakter"
        ' och insatser, så långt lag och samtycke räcker.</p><form method="post" action="/visa">'
        f'<label for="who">Inloggad som</label><select id="who" name="who">{crew}</select>'
        f'<label for="patient">Patient</label><select id="patient" name="patient">{patients}</select>'
        "<button>Visa</button></form>"
    )


def _back() -> str:
    return '<p><a href="/">Annan patient</a></p>'


def _(text: str) -> str:
    return html.escape(text)


def _page(title: str, main: str) -> web.Response:
    page = PAGE.format(title=title, main=main)
    return web.Response(text=page, content_type="text/html", headers={"Cache-Control": "no-store"})


def main() -> None:
    parser = argument_parser("tablet", "The ambulance's tablet, that reads through the portal.")
    parser.add_argument("--portal", required=True, help="the portal's address")
    parser.add_argument("--client-id", required=True, help="as registered there")
    parser.add_argument("--key", required=True, help="file of the private key (PEM, P-256)")
    run(parser, build_app)


if __name__ == "__main__":
    main()
