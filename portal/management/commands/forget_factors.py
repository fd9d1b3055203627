"""`manage.py forget_factors`: somebody has lost key, app and reserve codes alike."""

import argparse
from typing import Any

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from consent.accesslog.events import Event
from consent.accesslog.write import Entry, Trace, write
from consent.epochs import operator
from portal.accounts.ending import end_all
from portal.accounts.models import User


class Command(BaseCommand):
    help = (
        "Forget a local account's keys, code app and reserve codes, and end its sessions. For the operator,"
        " when its owner has lost them all and has shown who she is, as when the account was made. Two people"
        " answer for it; the log has a row. With the password alone she then opens nothing until she has"
        " added a factor."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--reason", required=True, help="how she showed who she is; name no patient")
        parser.add_argument("--by", required=True, help="who does it: an HSA-id")
        parser.add_argument("--seen-by", required=True, help="who else saw her: another HSA-id")

    def handle(self, *_args: Any, **options: Any) -> None:
        """All of it or nothing; say how many factors and sessions went."""
        user = User.objects.filter(username=options["username"]).first()
        if user is None:
            raise CommandError("there is no such account")
        two = {options["by"].strip().casefold(), options["seen_by"].strip().casefold()}
        if "" in two or len({*two, (user.hsa_id or "").casefold()}) < 3:
            raise CommandError("--by and --seen-by are two people, and neither is the account's owner")
        with transaction.atomic():
            count = Authenticator.objects.filter(user=user).delete()[0]
            ended = end_all(user, Trace())
            told = {"model": "user", "object": str(user.pk), "fields": ["factors"], "forgotten": count}
            told["seen_by"] = options["seen_by"][:32]
            by = operator(options["by"])
            write(Entry(Event.ADMIN_CHANGED, by, Trace(), detail=told, reason=options["reason"]))
        self.stdout.write(f"{user.username}: factors forgotten {count}, sessions ended {ended}")
