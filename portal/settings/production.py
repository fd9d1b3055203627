"""For a hospital: several processes behind a proxy that ends TLS, PostgreSQL, Redis, keys and secrets from
outside. Anything missing stops start-up. The demo is never part of it, whether or not its files are there."""

from portal.settings.base import *
from portal.settings.environment import (
    limit_idle_transactions,
    read_database,
    read_list,
    read_path,
    read_secret,
    read_text,
    refuse_reuse,
)
from portal.settings.keys import load_keys
from portal.settings.queues import redis_transport
from portal.settings.redis import broker_at, read_redis, redis_or_memory

PRODUCTION = True
IDLE_IN_TRANSACTION_S = 5
SECRET_KEY = read_secret("SECRET_KEY", min_length=50)
# The one before it, while what it has signed still lives: sessions, ten hours (docs/keys.md).
SECRET_KEY_FALLBACKS = (
    [read_secret("SECRET_KEY_OLD", min_length=50)] if read_text("SECRET_KEY_OLD", "") else []
)
refuse_reuse("SECRET_KEY_OLD", SECRET_KEY, SECRET_KEY_FALLBACKS)
KEYS_DIR = read_path("KEYS_DIR")
KEYS = load_keys(KEYS_DIR)
ALLOWED_HOSTS = read_list("ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS]

# A transaction that holds still for longer is ended: it would keep rows of the access log from being sealed.
DATABASES = {"default": limit_idle_transactions(read_database("DATABASE_URL"), IDLE_IN_TRANSACTION_S)}
REDIS_URL = read_redis("REDIS_URL")
CACHES = redis_or_memory(REDIS_URL)
CELERY_BROKER_URL, reached = broker_at(REDIS_URL)
CELERY_BROKER_TRANSPORT_OPTIONS = {**redis_transport(), **reached}
STATIC_ROOT = read_path("STATIC_ROOT", BASE_DIR / "staticfiles")

# The __Host- prefix makes browsers refuse the cookie from a subdomain or without TLS.
SESSION_COOKIE_NAME = "__Host-session"
CSRF_COOKIE_NAME = "__Host-csrf"
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
SECURE_SSL_REDIRECT = True
# Asked from inside, past the proxy that ends TLS (portal.middleware.ASKED_FROM_INSIDE).
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz|metrics)$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
