"""For one person on one machine: `make run`. All of it lives in DATA_DIR: SQLite, keys, the broker's folders.
No server to install, invented people where the demo is there. Not for real patients."""

from importlib.util import find_spec

from portal.settings.base import *
from portal.settings.base import BASE_DIR, INSTALLED_APPS
from portal.settings.environment import read_int, read_list, read_path, read_text, sqlite_database
from portal.settings.keys import create_keys, load_keys, read_file
from portal.settings.logs import configure_logs

DATA_DIR = read_path("DATA_DIR", BASE_DIR / "var")
HOST = read_text("HOST", "localhost")
PORT = read_int("PORT", 8000, least=1, most=65535)

KEYS_DIR = read_path("KEYS_DIR", DATA_DIR / "keys")
create_keys(KEYS_DIR)
KEYS = load_keys(KEYS_DIR)
SECRET_KEY = read_file(KEYS_DIR / "secret_key").strip()

# Whoever listens on every address wants to be reached by names that cannot be known here.
LISTENS_EVERYWHERE = HOST in ("0.0.0.0", "::")  # noqa: S104 (compared, not bound)
ALLOWED_HOSTS = read_list(
    "ALLOWED_HOSTS", ("*",) if LISTENS_EVERYWHERE else ("localhost", "127.0.0.1", "[::1]", HOST)
)

# A terminal that a person watches: only what asks for attention.
LOGGING = configure_logs(read_text("LOG_LEVEL", "WARNING"))

DATABASES = {"default": sqlite_database(DATA_DIR / "portal.sqlite3")}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
STATIC_ROOT = DATA_DIR / "static"

BROKER_DIR = DATA_DIR / "broker"
CELERY_BROKER_URL = "filesystem://localhost"
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "data_folder_in": str(BROKER_DIR / "messages"),
    "data_folder_out": str(BROKER_DIR / "messages"),
    "control_folder": str(BROKER_DIR / "control"),
}
CELERY_BEAT_SCHEDULE_FILENAME = str(BROKER_DIR / "beat-schedule")

DEMO = find_spec("demo") is not None
if DEMO:
    INSTALLED_APPS = [*INSTALLED_APPS, "demo.apps.DemoConfig"]
    DEMO_URLS = "demo.urls"
    EMBEDDED_COMPANIONS = ["demo.companions.start"]
