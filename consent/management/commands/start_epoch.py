"""`manage.py start_epoch`: after a backup was restored."""

import argparse
import getpass
from typing import Any

from django.core.management.base import BaseCommand

from consent.epochs import start_epoch


class Command(BaseCommand):
    help = (
        "Begin a new epoch: no consent recorded until now counts before the patient stands by it or"
        " replay_revocations has been run. A restored database is noticed by itself where the second place"
        " can be read; this is for where it cannot, and for saying why."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--reason", required=True)
        parser.add_argument("--by", default=getpass.getuser(), help="who decides it, for the log: an HSA-id")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Begin it; say which it is."""
        self.stdout.write(f"epoch {start_epoch(options['reason'], options['by'])} has begun")
