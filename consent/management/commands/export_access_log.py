"""`manage.py export_access_log`: the log in files that can be checked without this product."""

import argparse
import getpass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from consent.accesslog.events import Event
from consent.accesslog.exporting import export
from consent.accesslog.write import Entry, Trace, write
from consent.epochs import operator


class Command(BaseCommand):
    help = (
        "Write rows, checkpoints and public keys of the access log into a new folder. The log notes it. Check"
        " the folder with consent/accesslog/verifying.py, which needs nothing else of this product."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--from", dest="since", type=read_time, help="batches sealed from then on (UTC)")
        parser.add_argument("--to", dest="until", type=read_time, help="batches sealed before then (UTC)")
        parser.add_argument("--by", default=getpass.getuser(), help="who exports, for the log: an HSA-id")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Log it, then write the folder."""
        detail = {name: str(options[name] or "") for name in ("since", "until")}
        write(Entry(Event.LOG_EXPORTED, operator(options["by"]), Trace(), detail=detail))
        try:
            told = export(options["folder"], options["since"], options["until"])
        except OSError as failure:
            raise CommandError(f"{options['folder']}: {failure.strerror}") from failure
        self.stdout.write(f"{told['rows']} rows and {told['checkpoints']} checkpoints in {options['folder']}")


def read_time(text: str) -> datetime:
    """A day or a moment, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
