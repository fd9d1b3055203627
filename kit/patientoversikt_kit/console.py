"""``patientoversikt-check``: the checks of a source, from a vendor's desk or build server."""

import asyncio
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from patientoversikt_kit.desk import set_up

COULD_NOT_RUN = 2


def main(arguments: list[str] | None = None) -> None:
    """Exit code 0: all is well, 1: something is wrong, 2: it could not be (wholly) checked."""
    set_up()
    # The contract's modules are read once Django is ready.
    from connectors.base.registry import connector_classes
    from connectors.selfcheck.desk import add_options

    parser = ArgumentParser(prog="patientoversikt-check", description=main.__doc__)
    parser.add_argument("connector", help=f"one of: {', '.join(sorted(connector_classes()))}")
    parser.add_argument("--url", default="", help="where the source answers")
    parser.add_argument(
        "--setting",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="NAME=@FILE reads a secret from a file",
    )
    parser.add_argument("--owner", default="SE0000000000-PROV", help="HSA-id of the information owner")
    parser.add_argument("--social", action="store_true", help="the owner is an omsorgsgivare")
    parser.add_argument(
        "--deadline", type=float, default=0.0, help="seconds; the connector's own if not given"
    )
    add_options(parser)
    options = parser.parse_args(arguments)
    if options.connector not in connector_classes() or not (options.url or options.file):
        known = ", ".join(sorted(connector_classes()))
        told = (
            "give --url or --file" if options.connector in connector_classes() else f"installed are: {known}"
        )
        print(f"patientoversikt-check: {told}", file=sys.stderr)  # noqa: T201
        sys.exit(COULD_NOT_RUN)
    try:
        sys.exit(check(options))
    except (OSError, UnicodeDecodeError, ValueError, NotImplementedError) as error:
        print(f"patientoversikt-check: {type(error).__name__}", file=sys.stderr)  # noqa: T201
        sys.exit(COULD_NOT_RUN)


def check(options: Namespace) -> int:
    from connectors.base.contract import SourceProfile
    from connectors.base.registry import connector_classes
    from connectors.selfcheck.desk import give, person_of
    from connectors.selfcheck.running import run_checks
    from consent.terms import Provider
    from consent.vocabulary import CareKind

    connector = connector_classes()[options.connector]
    settings = {**{s.name: s.default for s in connector.manifest.settings}, **read_settings(options.setting)}
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
        findings = connector.review(Path(options.file).read_text(encoding="utf-8"), profile)
    else:
        findings = asyncio.run(run_checks(profile, person_of(options.patient), person_of(options.nobody)))
    return give(options.connector, findings, vars(options), print)


def read_settings(words: list[str]) -> dict[str, str]:
    """``token=@secret.txt`` keeps a secret out of the list of processes. Raises ValueError, OSError."""
    settings = {}
    for word in words:
        name, is_given, value = word.partition("=")
        if not is_given:
            raise ValueError("a setting is NAME=VALUE")
        settings[name] = Path(value[1:]).read_text("utf-8").strip() if value.startswith("@") else value
    return settings
