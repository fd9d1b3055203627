"""For the tests: the database that `make test` names in DATABASE_URL, Redis if REDIS_URL names one.
Without them a file-based SQLite and an in-process cache, so that one test can be run by hand."""

import hashlib
import os
import tempfile
from pathlib import Path

from consent.accesslog.verifying import key_id
from portal.settings.base import STORAGES
from portal.settings.environment import read_bool, read_database, read_path, read_text
from portal.settings.keys import Keys, load_keys, public_half
from portal.settings.queues import redis_transport
from portal.settings.redis import broker_at, read_redis, redis_or_memory
from portal.settings.with_demo import *


def make_key(name: str) -> bytes:
    """Fixed, so that a server in a process of its own reads what the test wrote. Protects nothing."""
    return hashlib.sha256(f"test key: {name}".encode()).digest()


SECRET_KEY = hashlib.sha512(b"test secret").hexdigest()
if "KEYS_DIR" in os.environ:
    KEYS = load_keys(read_path("KEYS_DIR"))
else:
    KEYS = Keys(
        field={"1": make_key("field 1"), "2": make_key("field 2")},
        field_current="2",
        lookup=make_key("lookup"),
        handle=make_key("handle"),
        log_master=make_key("log master"),
        seal=make_key("seal"),
        seal_public={key_id(public): public for public in [public_half(make_key("seal"))]},
    )

ALLOWED_HOSTS = ["localhost", "127.0.0.1", "testserver"]
# Database work of async code runs on the test's own thread, where its transaction is; a server started by a
# test is a process of its own and takes the pool, as it does in life.
DATABASE_HOP = read_text("DATABASE_HOP", "django")
# With the demo or without: what tries the second factor says so, and so does a server that a test starts.
MFA_REQUIRED = read_bool("MFA_REQUIRED", default=False)
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

DATA_DIR = read_path("DATA_DIR", Path(tempfile.gettempdir()) / f"patientoversikt-test-{os.getuid()}")
DATABASES = {"default": read_database("DATABASE_URL", f"sqlite://{DATA_DIR}/portal.sqlite3")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # In a file: an in-memory database has no write-ahead log, and threads would share one connection.
    DATA_DIR.mkdir(parents=True, exist_ok=True)
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / f"test-{os.getpid()}.sqlite3")}

if "REDIS_URL" in os.environ:
    REDIS_URL = read_redis("REDIS_URL")
    CACHES = redis_or_memory(REDIS_URL)
    CELERY_BROKER_URL, reached = broker_at(REDIS_URL)
    CELERY_BROKER_TRANSPORT_OPTIONS = {**redis_transport(), **reached}
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    CELERY_BROKER_URL = "memory://"

# The invented vendor delivers with every seeding, and tests seed many times a minute.
FEED_RATES = dict.fromkeys(("source", "address", "page"), "100000/min")
API_RATES = {"user": 100_000, "address": 100_000}

# Rows that no test asked for would come while another one empties its tables.
PACE_EVERY_S = 0

STATIC_ROOT = DATA_DIR / "static"
STATIC_FROM_FINDERS = True
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
