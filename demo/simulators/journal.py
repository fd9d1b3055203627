"""A record system with a button that leads to the portal with the patient already chosen.

Stands at an address of its own and shares nothing with the portal but a key: what its button posts is what
any vendor would post (docs/launch.md).
"""

import argparse
import html
import time
import uuid
from pathlib import Path

import jwt
from aiohttp import web

from demo.people import PEOPLE
from demo.people.personas import PERSONAS
from demo.simulators.process import argument_parser, run

LASTS_S = 60
PAGE = """<!DOCTYPE html>
<html lang="sv"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 1rem/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 42rem; padding: 0 1rem; }}
label {{ display: block; margin: 1rem 0 .25rem; font-weight: 600; }}
select, button {{ font: inherit; padding: .6rem .8rem; min-height: 2.75rem; max-width: 100%; }}
button {{ margin-top: 1.5rem; font-weight: 600; }}
</style></head><body><main>{main}</main>{script}</body></html>"""
CHOICE = """<h1>Journalsystem (påhittat)</h1>
<p>Ett annat system, på en egen adress. Knappen gör uthopp till Patientöversikt med patienten redan vald.
I Patientöversikt loggar du in som samma person.</p>
<form method="post" action="/uthopp">
<label for="who">Du är inloggad i journalsystemet som</label><select id="who" name="who">{people}</select>
<label for="patient">Patient</label><select id="patient" name="patient">{patients}</select>
<div><button>Öppna i Patientöversikt</button></div></form>"""
ONWARDS = """<h1>Till Patientöversikt</h1>
<form method="post" action="{portal}/launch/jwt"><input type="hidden" name="token" value="{token}">
<button>Fortsätt</button></form>"""


def build_app(options: argparse.Namespace) -> web.Application:
    key = Path(options.key).read_text(encoding="ascii")
    app = web.Application()

    async def choose(_request: web.Request) -> web.Response:
        return _page("Journalsystem", _choice())

    async def launch(request: web.Request) -> web.Response:
        form = await request.post()
        works_as, _, unit = str(form.get("who", "")).partition("|")
        now = int(time.time())
        claims = {
            "iss": str(request.url.origin()),
            "aud": f"{options.portal}/launch/jwt",
            "iat": now,
            "exp": now + LASTS_S,
            "jti": uuid.uuid4().hex,
            "employeeHsaId": works_as,
            "healthCareUnitHsaId": unit,
            "commissionPurpose": "Vård och behandling",
            "patient": str(form.get("patient", "")),
        }
        token = jwt.encode(claims, key, algorithm="EdDSA")
        main = ONWARDS.format(portal=html.escape(options.portal), token=token)
        return _page("Till Patientöversikt", main, "<script>document.forms[0].submit()</script>")

    app.router.add_get("/", choose)
    app.router.add_post("/uthopp", launch)
    return app


def _page(title: str, main: str, script: str = "") -> web.Response:
    page = PAGE.format(title=title, main=main, script=script)
    return web.Response(text=page, content_type="text/html", headers={"Cache-Control": "no-store"})


def _choice() -> str:
    people = [
        (f"{persona.hsa}|{given.unit.hsa}", f"{persona.name}, {persona.title}, {given.unit.name}")
        for persona in PERSONAS
        for given in persona.assignments
        if persona.role == "clinician"
    ]
    patients = [(person.number, f"{person.name}, {person.number}") for person in PEOPLE]
    return CHOICE.format(people=_options(people), patients=_options(patients))


def _options(pairs: list[tuple[str, str]]) -> str:
    return "".join(f'<option value="{html.escape(v)}">{html.escape(words)}</option>' for v, words in pairs)


def main() -> None:
    parser = argument_parser("journal", "A record system with a button that leads to the portal.")
    parser.add_argument("--portal", required=True, help="the portal's address")
    parser.add_argument("--key", required=True, help="file of the private key (PEM, Ed25519)")
    run(parser, build_app)


if __name__ == "__main__":
    main()
