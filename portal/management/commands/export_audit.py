"""`manage.py export_audit`: the access log as FHIR AuditEvent, a line each (NDJSON)."""

import argparse
import getpass
import json
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand

from consent.accesslog.events import Event
from consent.accesslog.model import AccessEvent
from consent.accesslog.write import Entry, Trace, write
from consent.epochs import operator
from portal.fhir.exporting import tell_event

AT_ONCE = 1000


class Command(BaseCommand):
    help = "Write the access log to standard output as FHIR R4 AuditEvent, one a line. The log notes it."
    requires_system_checks = ()

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--from", dest="since", type=read_time, help="rows from then on (UTC, unless it says another)"
        )
        parser.add_argument("--to", dest="until", type=read_time, help="rows before then (UTC)")
        parser.add_argument("--by", default=getpass.getuser(), help="who exports, for the log: an HSA-id")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Log it first; then row by row, few of them in memory at a time."""
        detail = {"form": "fhir", **{name: str(options[name] or "") for name in ("since", "until")}}
        write(Entry(Event.LOG_EXPORTED, operator(options["by"]), Trace(), detail=detail))
        rows = AccessEvent.objects.order_by("seq")
        rows = rows.filter(at__gte=options["since"]) if options["since"] else rows
        rows = rows.filter(at__lt=options["until"]) if options["until"] else rows
        for row in rows.iterator(AT_ONCE):
            self.stdout.write(json.dumps(tell_event(row), ensure_ascii=False))


def read_time(text: str) -> datetime:
    """A day or a moment: in UTC, unless it says how far from there."""
    said = datetime.fromisoformat(text)
    return said.replace(tzinfo=UTC) if said.tzinfo is None else said
