"""`manage.py restore FOLDER`: the database as it was, where nothing counts that may have been taken back."""

import argparse
import getpass
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from consent.accesslog.sinks import folder_sink
from consent.epochs import start_epoch
from consent.models import LogEpoch
from portal.operations.backups import BackupFailed, restore


class Command(BaseCommand):
    help = (
        "Bring a backup back into an empty database, bring its tables up to this release, begin a new epoch,"
        " and take back again what the second place of the log says was taken back since. Stop web processes,"
        " workers and clock first. Run by the role that migrates; afterwards run secure_access_log."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--reason", required=True, help="why, for the log")
        parser.add_argument("--by", default=getpass.getuser(), help="who decides it, for the log: an HSA-id")
        parser.add_argument(
            "--without-replay", action="store_true", help="leave earlier consents closed, and replay later"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Restore, migrate, begin an epoch, replay. A failure after the restore leaves consents closed."""
        try:
            told = restore(options["folder"])
        except BackupFailed as failure:
            raise CommandError(str(failure)) from failure
        call_command("migrate", interactive=False, verbosity=0)
        # The look at the first connection may have begun one already; then that is the one.
        waiting = LogEpoch.objects.filter(replayed_at=None, number__gt=told["epoch"])
        if not waiting.exists():
            start_epoch(options["reason"], options["by"])
        number = LogEpoch.objects.order_by("-number").values_list("number", flat=True).first()
        self.stdout.write(f"Restored as of {told['begun_at']}. Epoch {number}: no earlier consent counts.")
        sink = folder_sink()
        if options["without_replay"] or sink is None:
            self.stdout.write("Not replayed. Run manage.py replay_revocations FOLDER-OF-THE-SECOND-PLACE.")
            return
        call_command("replay_revocations", sink.folder, by=options["by"], stdout=self.stdout)
        self.stdout.write("Now run secure_access_log, start the portal, and run verify_access_log.")
