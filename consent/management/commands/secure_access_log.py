"""`manage.py secure_access_log`: owner and privileges of the access log on PostgreSQL."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from consent.accesslog.protection import UnsafeRole, statements


class Command(BaseCommand):
    help = (
        "Give the access log to a role that nobody can sign in as, and let the portal's own role add and read"
        " and nothing else. Run after every migrate, by the role that migrates; again does no harm."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--owner", required=True, help="role that is to own the log; made if it is missing"
        )
        parser.add_argument("--runtime", required=True, help="role the portal signs in as; made if missing")
        parser.add_argument("--print", action="store_true", help="show the statements, run none")

    def handle(self, *_args: Any, **options: Any) -> None:
        """All of it in one transaction."""
        if connection.vendor != "postgresql":
            raise CommandError("Only PostgreSQL has roles.")
        with transaction.atomic(), connection.cursor() as cursor:
            try:
                for statement in statements(options["owner"], options["runtime"]):
                    if options["print"]:
                        self.stdout.write(f"{statement.as_string(cursor.cursor)};")
                    else:
                        cursor.execute(statement)
            except UnsafeRole as refusal:
                raise CommandError(f"Refused: {refusal}.") from refusal
