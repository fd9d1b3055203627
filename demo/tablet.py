"""The invented tablet as a client system of the portal: registered with its public key, as by two people."""

import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.utils import timezone
from jwt.algorithms import ECAlgorithm

from demo.people.places import REGION
from portal.api.models import Client, ClientKey
from portal.api.scopes import Scope

CLIENT = "klient-surfplatta"
KID = "tablet"
ADDRESS = "DEMO_TABLET"


def register(folder: Path) -> Path:
    """With a pair made for this run; where the private half lies, for the tablet alone."""
    folder.mkdir(parents=True, exist_ok=True)
    private, key = folder / "tablet.key", generate_private_key(SECP256R1())
    private.unlink(missing_ok=True)
    written = os.open(private, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(written, "wb") as held:
        held.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    client, _is_new = Client.objects.get_or_create(
        pk=CLIENT,
        defaults={
            "name": "Ambulansens surfplatta (påhittad)",
            "owner_id": REGION.hsa,
            "purpose": "Visar översikten i ambulansen",
            "contact": "ambulansen@region.example",
            "scopes": [Scope.READ.value, Scope.RECORD.value],
            "approved_at": timezone.now(),
        },
    )
    ClientKey.objects.filter(client=client).delete()
    jwk = {**ECAlgorithm.to_jwk(key.public_key(), as_dict=True), "kid": KID, "use": "sig"}
    ClientKey.objects.create(client=client, label="demo", jwk=jwk, approved_at=timezone.now())
    return private


def address_of_tablet() -> str:
    """Where it stands, as told by whoever started it; "" where there is none."""
    return os.environ.get(ADDRESS, "")
