"""`manage.py replay_revocations`: what was taken back since a backup is taken back again."""

import argparse
import getpass
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from consent.accesslog.sinks import FolderSink, SinkUnavailable
from consent.replaying import CannotReplay, replay


class Command(BaseCommand):
    help = (
        "After a restore: end, annul and record again, from the second place's journal, what took access away"
        " since the backup. Then earlier consents count again."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="the second place's folder")
        parser.add_argument("--by", default=getpass.getuser(), help="who does it, for the log: an HSA-id")
        parser.add_argument(
            "--accept-unknown",
            action="store_true",
            help="go on although blocks on patients unknown to the restored database cannot be recorded",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Replay all of it or nothing."""
        try:
            done = replay(
                FolderSink(options["folder"]), options["by"], accept_unknown=options["accept_unknown"]
            )
        except (CannotReplay, SinkUnavailable, OSError) as failure:
            raise CommandError(f"Nothing was replayed: {failure}", returncode=2) from failure
        if done.unknown and not options["accept_unknown"]:
            raise CommandError(
                f"Nothing was replayed: rows {', '.join(done.unknown)} of the log record blocks on patients"
                " whom the restored database does not know. Record them by hand, then use --accept-unknown.",
                returncode=2,
            )
        self.stdout.write(
            f"{done.lines} revocations read, {done.changed} acts changed; the epoch is replayed"
        )
