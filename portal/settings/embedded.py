"""For one person on one machine: `make run`. All of it lives in DATA_DIR: SQLite, keys, the broker's folders.
No server to install, invented people where the demo is there. Not for real patients."""

from pathlib import Path

from portal.settings.base import BASE_DIR
from portal.settings.embedding import Embedded
from portal.settings.environment import read_int, read_list, read_path, read_text, sqlite_database
from portal.settings.keys import create_keys, create_seal_key, load_keys, read_file
from portal.settings.logs import configure_logs
from portal.settings.with_demo import *

EMBEDDED = Embedded(
    data_dir=read_path("DATA_DIR", BASE_DIR / "var"),
    host=read_text("HOST", "localhost"),
    port=read_int("PORT", 8000, least=1, most=65535),
)
DATA_DIR = EMBEDDED.data_dir

KEYS_DIR = read_path("KEYS_DIR", DATA_DIR / "keys")
create_keys(KEYS_DIR)
create_seal_key(KEYS_DIR)
KEYS = load_keys(KEYS_DIR)
SECRET_KEY = read_file(KEYS_DIR / "secret_key").strip()

# Whoever listens on every address wants to be reached by names that cannot be known here.
KNOWN_HOSTS = ("*",) if EMBEDDED.listens_everywhere else ("localhost", "127.0.0.1", "[::1]", EMBEDDED.host)
ALLOWED_HOSTS = read_list("ALLOWED_HOSTS", KNOWN_HOSTS)

# A terminal that a person watches: only what asks for attention.
LOGGING = configure_logs(read_text("LOG_LEVEL", "WARNING"))

# On the same disk, so it guards against a mistake with the database alone. In production it is elsewhere.
LOG_SINK_DIR = str(read_path("LOG_SINK_DIR", DATA_DIR / "log-sink"))
Path(LOG_SINK_DIR).mkdir(parents=True, exist_ok=True)

DATABASES = {"default": sqlite_database(DATA_DIR / "portal.sqlite3")}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
STATIC_ROOT = DATA_DIR / "static"

CELERY_BROKER_URL = "filesystem://localhost"
CELERY_BROKER_TRANSPORT = "portal.embedded.broker:Transport"
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "data_folder_in": str(EMBEDDED.messages_dir),
    "data_folder_out": str(EMBEDDED.messages_dir),
    "control_folder": str(EMBEDDED.control_dir),
}
