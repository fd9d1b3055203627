"""``patientoversikt-check``: the checks of a source, from a vendor's desk or build server."""

import asyncio
import logging
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Collection
from difflib import get_close_matches
from pathlib import Path

import structlog

from patientoversikt_kit.desk import set_up

COULD_NOT_RUN = 2


class Mistyped(ValueError):
    """What was typed, and what to type instead, for whoever typed it."""


def main(arguments: list[str] | None = None) -> None:
    """Slutkod 0: allt godkänt, 1: något underkänt, 2: kontrollen kunde inte köras (helt)."""
    set_up()
    # The report says what there is to say; what the connector logs would stand between its lines.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    # The contract's modules are read once Django is ready.
    from connectors.base.registry import connector_classes
    from connectors.selfcheck.desk import add_options

    parser = ArgumentParser(prog="patientoversikt-check", description=main.__doc__)
    parser.add_argument("connector", help=f"en av: {', '.join(sorted(connector_classes()))}")
    parser.add_argument("--url", default="", help="adressen där systemet svarar")
    parser.add_argument(
        "--setting",
        action="append",
        default=[],
        metavar="NAMN=VÄRDE",
        help="NAMN=@FIL läser en hemlighet ur en fil",
    )
    parser.add_argument("--owner", default="SE0000000000-PROV", help="informationsägarens HSA-id")
    parser.add_argument("--social", action="store_true", help="ägaren är omsorgsgivare")
    parser.add_argument("--deadline", type=float, default=0.0, help="sekunder; annars kopplingens egen")
    add_options(parser)
    options = parser.parse_args(arguments)
    try:
        sys.exit(check(options))
    except Mistyped as error:
        stop(str(error))
    except FileNotFoundError as error:
        stop(f"Filen finns inte: {error.filename}. Ange en annan sökväg.")
    except OSError as error:
        stop(f"Filen går inte att läsa ({type(error).__name__}). Kontrollera rättigheter och sökväg.")
    except NotImplementedError:
        stop(f"{options.connector} läser inga filer. Ange --url för att fråga ett system som körs.")
    except ValueError as error:
        stop(str(error))


def stop(words: str) -> None:
    print(f"patientoversikt-check: {words}", file=sys.stderr)  # noqa: T201
    sys.exit(COULD_NOT_RUN)


def check(options: Namespace) -> int:
    """Raises Mistyped, OSError, NotImplementedError, UnreadableFile."""
    from connectors.base.contract import SourceProfile
    from connectors.base.registry import connector_classes
    from connectors.selfcheck.desk import give, person_of, read_records
    from connectors.selfcheck.running import run_checks
    from consent.terms import Provider
    from consent.vocabulary import CareKind

    if options.connector not in connector_classes():
        raise Mistyped(unknown("Kopplingen", options.connector, connector_classes()))
    if not (options.url or options.file):
        raise Mistyped("Ange --url ADRESS för ett system som körs, eller --file FIL för poster i en fil.")
    connector = connector_classes()[options.connector]
    names = [setting.name for setting in connector.manifest.settings]
    given = read_settings(options.setting, names)
    settings = {**{s.name: s.default for s in connector.manifest.settings}, **given}
    kind = CareKind.SOCIAL_CARE if options.social else CareKind.HEALTH_CARE
    owner = Provider(options.owner, options.owner, kind)
    profile = SourceProfile(
        slug=options.connector,
        label=str(connector.manifest.label),
        base_url=options.url,
        owner=None if connector.manifest.is_aggregating else owner,
        kinds=connector.kinds_of(settings),
        settings=settings,
        connector=options.connector,
        deadline_s=options.deadline or connector.manifest.deadline_s,
        providers={owner.hsa_id: owner},
    )
    if options.file:
        findings = connector.review(read_records(Path(options.file)), profile)
    else:
        findings = asyncio.run(run_checks(profile, person_of(options.patient), person_of(options.nobody)))
    return give(options.connector, findings, vars(options), print)


def read_settings(words: list[str], known: Collection[str]) -> dict[str, str]:
    """``token=@secret.txt`` keeps a secret out of the list of processes. Raises Mistyped, OSError."""
    settings = {}
    for word in words:
        name, is_given, value = word.partition("=")
        if not is_given:
            raise Mistyped(f"--setting {name}: skriv NAMN=VÄRDE, eller NAMN=@FIL för det som är hemligt.")
        if name not in known:
            raise Mistyped(unknown("Inställningen", name, known))
        settings[name] = Path(value[1:]).read_text("utf-8").strip() if value.startswith("@") else value
    return settings


def unknown(what: str, name: str, known: Collection[str]) -> str:
    """The nearest known name, and all of them."""
    near = get_close_matches(name, known, n=1)
    meant = f" Menade du {near[0]}?" if near else ""
    return f"{what} {name} finns inte.{meant} De som finns: {', '.join(sorted(known)) or 'inga'}."
