"""`manage.py rotate_keys`: from one set of keys to the next, while the portal is up (docs/keys.md)."""

import argparse
import getpass
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError
from django.db import ProgrammingError, transaction

from consent import rekeying
from consent.accesslog import keys as log_keys
from consent.accesslog.events import Event
from consent.accesslog.write import Entry, Trace, write
from consent.encryption import Undecipherable
from consent.epochs import operator
from portal.accounts.rekeying import ids_in_factors, rewrite_factors
from portal.accounts.sessions import oldest_start
from portal.settings.key_change import add_keys, switch_keys

FACTORS = "mfa_authenticator.data"


class Command(BaseCommand):
    help = (
        "Without options: write everything that is encrypted anew with the keys in use, and wrap the access"
        " log's keys by the master key in use; no row of the log is touched. Begin with --new, restart every"
        " process, --switch, restart every process. May be stopped and run again at any point."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        step = parser.add_mutually_exclusive_group()
        step.add_argument("--new", action="store_true", help="put another set of keys beside the present one")
        step.add_argument("--switch", action="store_true", help="use the newest set for what is new")
        step.add_argument(
            "--check", action="store_true", help="say what still needs older keys; 1 if any does"
        )
        parser.add_argument("--by", default=getpass.getuser(), help="who does it, for the log: an HSA-id")

    def handle(self, *_args: Any, **options: Any) -> None:
        """One step of the four. The log's row of it names no key's content."""
        if options["new"] or options["switch"]:
            self._change_files(options)
            return
        if options["check"]:
            self._check()
            return
        unreadable = self._rewrite(options["by"])
        if unreadable:
            raise CommandError(f"{unreadable} values open by no key at hand, and stay as they were.")
        self.stdout.write("Done. rotate_keys --check says whether older keys are still needed.")

    def _change_files(self, options: dict[str, Any]) -> None:
        folder: Path = settings.KEYS_DIR  # type: ignore[misc]  # not in the tests
        try:
            name = add_keys(folder) if options["new"] else switch_keys(folder)
        except (ImproperlyConfigured, OSError) as failure:
            raise CommandError(str(failure)) from failure
        step = "new" if options["new"] else "switch"
        self._log(options["by"], {"step": step, "set": name})
        said = "made" if options["new"] else "in use"
        following = "--switch" if options["new"] else "rotate_keys"
        self.stdout.write(f"Set {name} is {said}. Restart every process of the portal, then {following}.")

    def _rewrite(self, by: str) -> int:
        done: Counter[str] = Counter()
        unreadable = 0
        for field in rekeying.encrypted_columns():
            result = rekeying.rewrite(field)
            done[field.place] += result.done
            unreadable += result.unreadable
        factors, broken = rewrite_factors()
        done[FACTORS] += factors
        periods, lost = self._rewrap()
        done["consent_logkey"] += periods
        for place, count in sorted((+done).items()):
            self.stdout.write(f"{place}: {count}")
        if +done:
            self._log(by, {"step": "rewritten", "places": dict(+done)})
        return unreadable + broken + lost

    def _rewrap(self) -> tuple[int, int]:
        """A month in a transaction of its own."""
        done, lost = 0, 0
        for period in log_keys.periods_on_older_keys():
            try:
                with transaction.atomic():
                    done += log_keys.rewrap(period)
            except Undecipherable:
                lost += 1
            except ProgrammingError as refused:
                raise CommandError(
                    "The portal's own role may not change the log's keys, and should not. Run this as the"
                    " role that migrates (DATABASE_URL); the rest has been done."
                ) from refused
        return done, lost

    def _check(self) -> None:
        """Say which keys may go; exit with 1 while any older one is needed."""
        used = settings.KEYS
        fields: Counter[str] = Counter()
        for place, counted in self._on_older_fields():
            fields += counted
            for name, count in sorted(counted.items()):
                self.stdout.write(f"{place}: {count} on key {name}")
        wrapped = log_keys.periods_on_older_keys()
        if wrapped:
            self.stdout.write(f"consent_logkey: {', '.join(wrapped)} on an older master key")
        started = oldest_start()
        waits = bool(used.handle_others) and started is not None and started.timestamp() < used.handle_since
        if waits:
            self.stdout.write("sessions: some began before the handle key in use; they end within ten hours")
        self._tell("field", {name: name in fields for name in set(used.field) - {used.field_current}})
        self._tell("log-master", dict.fromkeys(used.log_master_others, bool(wrapped)))
        self._tell("handle", dict.fromkeys(used.handle_others, waits))
        if fields or wrapped or waits:
            raise CommandError("Older keys are still needed.")
        self.stdout.write("Keep them with the backups that were made with them; take them out of KEYS_DIR.")

    def _tell(self, kind: str, needed: Mapping[str, bool]) -> None:
        for name, is_needed in sorted(needed.items()):
            said = "still needed" if is_needed else "needed by nothing here"
            self.stdout.write(f"{kind}-{name}.key: {said}" if name else f"{kind}.key: {said}")

    def _on_older_fields(self) -> list[tuple[str, Counter[str]]]:
        columns = [(field.place, rekeying.ids_in(field)) for field in rekeying.encrypted_columns()]
        return [*columns, (FACTORS, ids_in_factors())]

    def _log(self, by: str, told: dict[str, Any]) -> None:
        detail = {"model": "keys", **told}
        write(Entry(Event.ADMIN_CHANGED, operator(by), Trace(), detail=detail, reason="rotate_keys"))
