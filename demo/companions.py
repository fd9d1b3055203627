"""What stands beside the portal in `make run`: simulated systems, each its own process, and the people."""

import os
import secrets
import sys

from django.conf import settings

from demo.launching import let_in, make_keys
from demo.people.personas import PERSONAS
from demo.seed import Addresses, seed
from demo.tablet import ADDRESS, CLIENT, register
from portal.dates import today
from portal.embedded.children import ChildSet

# The portal's HSA-id at the simulated national log.
SYSTEM = "SE2321000016-PORTAL"


def start(children: ChildSet) -> list[str]:
    """Start the simulators on free ports, fill the database, and say whom one can sign in as."""
    addresses = start_simulators(children)
    seed(addresses)
    width = max(len(p.sign_in) for p in PERSONAS)
    people = [f"  {p.sign_in:<{width}}  {p.name}, {p.title}" for p in PERSONAS]
    lines = ["Sign in with one click on the first page, or with the name as its own password:", *people]
    start_national_log(children)
    return [*lines, *start_journal(children), *start_tablet(children)]


def start_national_log(children: ChildSet) -> None:
    """For the worker, which starts after this and reads where to send the access log."""
    if not os.environ.get("NATIONAL_LOG_URL"):
        os.environ["NATIONAL_LOG_URL"] = f"{_listen(children, 'storelog')}/StoreLog"
        os.environ["NATIONAL_LOG_SYSTEM"] = SYSTEM


def start_tablet(children: ChildSet) -> list[str]:
    """The ambulance's client system, let in with a key of its own."""
    if settings.EMBEDDED is None:
        return []
    key = register(settings.EMBEDDED.data_dir / "tablet")
    portal = ("--portal", settings.EMBEDDED.address)
    address = _listen(children, "tablet", *portal, "--client-id", CLIENT, "--key", str(key))
    os.environ[ADDRESS] = address
    return [f"The ambulance's tablet, invented, reads through the portal: {address}"]


def start_journal(children: ChildSet) -> list[str]:
    """The record system that launches; not where somebody has configured such systems of their own."""
    if settings.EMBEDDED is None or os.environ.get("LAUNCH_FILE"):
        return []
    folder, portal = settings.EMBEDDED.data_dir / "launch", settings.EMBEDDED.address
    address = _listen(children, "journal", "--portal", portal, "--key", str(make_keys(folder)))
    let_in(folder, address, portal)
    return [f"Launch from an invented record system, with the patient chosen there: {address}"]


def start_simulators(children: ChildSet) -> Addresses:
    """Register, region, municipality, ambulance, NPÖ, access facts; most told a secret made for this run."""
    # In hex: what begins with a hyphen would be read as an option.
    secret = secrets.token_hex(24)
    day = ("--today", today().isoformat())
    return Addresses(
        population=_listen(children, "person", *day, "--token", secret),
        cosmic=_listen(
            children,
            "fhir",
            *day,
            "--client-id",
            "patientoversikt",
            "--client-secret",
            secret,
            "--as-sold",
            "--subscription-key",
            secret,
        ),
        cosmic_resources="CareTeam, RelatedPerson, DocumentReference",
        viva=_listen(children, "viva", *day, "--key", secret),
        mobimed=_listen(
            children, "mobimed", *day, "--client-id", "patientoversikt", "--client-secret", secret
        ),
        nordliden=_listen(children, "openfeed", *day, "--whose", "nordliden", "--token", secret),
        npo=_listen(children, "npo", *day),
        facts=_listen(children, "accessfacts", *day, "--token", secret),
        secret=secret,
    )


def _listen(children: ChildSet, name: str, *options: str) -> str:
    line = children.start(
        [sys.executable, "-m", f"demo.simulators.{name}", "--port", "0", "--until-eof", *options], name=name
    )
    return line.removeprefix("listening ").strip()
