"""`manage.py verify_access_log`: is the log what was sealed?"""

import argparse
import sys
from base64 import b64decode
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from consent.accesslog.exporting import verify_database
from consent.accesslog.sinks import FolderSink, folder_sink
from consent.accesslog.verifying import INCOMPLETE, key_id


class Command(BaseCommand):
    help = (
        "Check every row of the access log against its checkpoint, every checkpoint against the one before"
        " and its signature, and all of them against the copy in the second place. Exit code 0: intact."
        " 1: tampered with; the first bad batch is named. 2: incomplete, so nobody can tell."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--sink", type=Path, help="the second place's folder (LOG_SINK_DIR)")
        parser.add_argument(
            "--public-key", type=Path, action="append", help="a trusted key (those of KEYS_DIR); repeatable"
        )
        parser.add_argument(
            "--accept-lost",
            action="append",
            default=[],
            metavar="FIRST-LAST",
            help="batches that a restore lost, and that were looked into; repeatable",
        )

        parser.add_argument(
            "--archive",
            type=Path,
            action="append",
            default=[],
            help="folder of a month that was archived, to be verified with the rest; repeatable",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Check, say what was found, and exit with its code."""
        keys = dict(settings.KEYS.seal_public)
        if options["public_key"]:
            public = [b64decode(path.read_text(encoding="ascii")) for path in options["public_key"]]
            keys = {key_id(key): key for key in public}
        if not keys:
            self.stdout.write("INCOMPLETE\n- there is no public key to check with")
            sys.exit(INCOMPLETE)
        sink = FolderSink(options["sink"]) if options["sink"] else folder_sink()
        accepted = [tuple(map(int, lost.split("-"))) for lost in options["accept_lost"]]
        try:
            found = verify_database(keys, sink, accepted, options["archive"])
        except OSError as failure:
            self.stdout.write(f"INCOMPLETE\n- an archive cannot be read: {failure.strerror}")
            sys.exit(INCOMPLETE)
        self.stdout.write(str(found))
        if found.code:
            sys.exit(found.code)
