"""``manage.py check_source SLUG``: the checks of a configured source, for a person or a build server."""

import asyncio
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import override

from connectors.base.registry import UnknownConnector, connector_classes
from connectors.models import Source
from connectors.selfcheck.desk import UnreadableFile, add_options, give, person_of, read_records
from connectors.selfcheck.running import run_checks
from consent.models import CareProvider


class Command(BaseCommand):
    """Exit code 0: all is well, 1: something is wrong, 2: it could not be (wholly) checked."""

    help = "Check a configured source: address, key, answers about test persons; or a file of its records."
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="the source's short name in the administration")
        add_options(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        del args
        source = Source.objects.filter(pk=options["slug"]).first()
        if source is None:
            self.stderr.write(f"There is no source called {options['slug']}.")
            raise SystemExit(2)
        providers = {row.hsa_id: row.as_value() for row in CareProvider.objects.all()}
        profile = source.as_profile(providers)
        with override("sv"):
            try:
                if options["file"]:
                    content = read_records(Path(options["file"]))
                    findings = connector_classes()[profile.connector].review(content, profile)
                else:
                    people = person_of(options["patient"]), person_of(options["nobody"])
                    findings = asyncio.run(run_checks(profile, *people))
            except (UnknownConnector, KeyError):
                self.stderr.write(f"The connector {source.connector} is not installed.")
                raise SystemExit(2) from None
            except NotImplementedError:
                self.stderr.write(f"The connector {source.connector} reads no files.")
                raise SystemExit(2) from None
            except UnreadableFile as error:
                self.stderr.write(str(error))
                raise SystemExit(2) from None
            except OSError as error:
                self.stderr.write(f"The file cannot be read: {type(error).__name__}.")
                raise SystemExit(2) from None
            raise SystemExit(give(source.pk, findings, options, self.stdout.write))
