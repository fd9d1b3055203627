"""`manage.py archive_access_log`: a month of the log out of the database, into a folder of its own."""

import argparse
import getpass
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import Error, OperationalError

from consent.accesslog.sealing import SealBroken
from consent.accesslog.write import LogUnavailable
from consent.archiving import CannotArchive, archive


class Command(BaseCommand):
    help = (
        "Take a month that is older than LOG_KEPT_MONTHS out of the access log: write it into a folder that"
        " can be verified by itself, let a checkpoint say so, and drop its partition. Run by the role that"
        " migrates. May be ended at any point and run again. PostgreSQL only."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("month", metavar="YYYY-MM")
        parser.add_argument("place", type=Path, help="the folder of archives; the month gets one in it")
        parser.add_argument("--by", default=getpass.getuser(), help="who does it, for the log: an HSA-id")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Say each step."""
        try:
            archive(options["month"], options["place"], options["by"], self.stdout.write)
        except (CannotArchive, SealBroken) as refusal:
            raise CommandError(str(refusal)) from refusal
        except OperationalError as failure:
            raise CommandError(
                "The log is being read or is away. Nothing is lost: run this again."
            ) from failure
        except (Error, LogUnavailable) as failure:
            hint = "It is run by the role that migrates. Nothing is lost: run it again."
            raise CommandError(f"The database refused ({type(failure).__name__}). {hint}") from failure
