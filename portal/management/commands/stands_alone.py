"""`manage.py stands_alone`: the operator says that an account is a person of her own."""

import argparse
import getpass
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from consent.accesslog.events import Event
from consent.accesslog.write import Entry, Trace, write
from consent.epochs import operator
from portal.accounts.models import Dependence, User


class Command(BaseCommand):
    help = (
        "Let an account stand alone: whoever made it, gave it rights or set its password before now may"
        " approve what it asks for, and be approved by it. For the operator, who has seen that a person of"
        " her own has taken it over and chosen its password. Written to the access log."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--reason", required=True)
        parser.add_argument("--by", default=getpass.getuser(), help="who decides it, for the log: an HSA-id")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Forget who had a hand in it; say how many."""
        user = User.objects.filter(username=options["username"]).first()
        if user is None:
            raise CommandError("there is no such account")
        with transaction.atomic():
            count, _models = Dependence.objects.filter(account=user).delete()
            told = {"model": "user", "object": str(user.pk), "stands_alone": count}
            by = operator(options["by"])
            write(Entry(Event.ADMIN_CHANGED, by, Trace(), detail=told, reason=options["reason"]))
        self.stdout.write(f"{user.username} stands alone; forgotten: {count}")
