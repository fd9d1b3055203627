"""`manage.py backup FOLDER`."""

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.operations.backups import BackupFailed, back_up


class Command(BaseCommand):
    help = (
        "Write the database into a new folder, with a manifest that says what it is. Keys and the second"
        " place of the log are not in it; back them up elsewhere. Restore with manage.py restore."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            made = back_up(options["folder"])
        except BackupFailed as failure:
            raise CommandError(str(failure)) from failure
        told = made.told
        self.stdout.write(f"{told['bytes']} bytes in {made.folder}, up to checkpoint {told['checkpoint']}")
