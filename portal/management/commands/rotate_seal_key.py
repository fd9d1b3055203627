"""`manage.py rotate_seal_key`: another key seals the access log from now on."""

import secrets
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from consent import epochs
from consent.accesslog import sealing
from portal.settings.keys import KEY_BYTES, public_half, replace_seal_key


class Command(BaseCommand):
    help = (
        "Let the present key announce a fresh one in a checkpoint of its own, and put the fresh one into"
        " KEYS_DIR, where the present one's public half stays. Restart the workers afterwards."
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Announce, then replace: stopped in between, the present key just goes on."""
        fresh = secrets.token_bytes(KEY_BYTES)
        try:
            with transaction.atomic():
                sealing.take_turn(wait=True)
                announced = sealing.seal(epochs.current_epoch(), heir=public_half(fresh))
        except sealing.SealBroken as failure:
            raise CommandError(f"The key was not changed: {failure}") from failure
        replace_seal_key(settings.KEYS_DIR, fresh)  # type: ignore[misc]  # not in the tests
        number = announced.said["number"] if announced else 0
        self.stdout.write(f"Checkpoint {number} announces the fresh key. Restart the workers.")
