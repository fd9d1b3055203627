"""While the image is built: style sheets and scripts gathered as production serves them.

Production's settings want keys and addresses. They get some of this moment, which nobody sees again.
"""

import os
import secrets
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from portal.settings.keys import create_keys  # noqa: E402

with tempfile.TemporaryDirectory() as folder:
    create_keys(Path(folder) / "keys")
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "portal.settings.production",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "KEYS_DIR": f"{folder}/keys",
        "ALLOWED_HOSTS": "localhost",
        "DATABASE_URL": "postgresql://nobody@nowhere/nothing",
        "REDIS_URL": "redis://nowhere",
    }
    import django
    from django.core.management import call_command

    django.setup()
    call_command("collectstatic", interactive=False, verbosity=0)
