"""For every way to run: what does not depend on where. Embedded, production and test each add the rest
(database, keys, cache, broker, hosts) and are the ones to name in DJANGO_SETTINGS_MODULE."""

from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF

from connectors.base.discovery import vendor_apps
from portal.settings.embedding import Embedded
from portal.settings.environment import read_int, read_list, read_text, read_url
from portal.settings.interfaces import *
from portal.settings.launching import read_launchers
from portal.settings.legal import read_legal_settings
from portal.settings.logs import configure_logs
from portal.settings.national_log import *
from portal.settings.operating import *
from portal.settings.places import read_places
from portal.settings.queues import *
from portal.settings.saml import read_saml_providers
from portal.settings.sign_in import as_allauth, read_sign_in

BASE_DIR = Path(__file__).resolve().parents[2]
DEBUG = False

# Apps are named by their config class: with a module name, Django picks a config by guessing.
INSTALLED_APPS = [
    "django.contrib.admin.apps.AdminConfig",
    "django.contrib.auth.apps.AuthConfig",
    "django.contrib.contenttypes.apps.ContentTypesConfig",
    "django.contrib.sessions.apps.SessionsConfig",
    "django.contrib.messages.apps.MessagesConfig",
    "django.contrib.staticfiles.apps.StaticFilesConfig",
    "allauth",
    "allauth.account.apps.AccountConfig",
    "allauth.socialaccount.apps.SocialAccountConfig",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.mfa.apps.MFAConfig",
    "django_htmx",
    "csp.apps.CspConfig",
    # Its static files alone. Django REST framework and drf-spectacular work without being listed; listed, the
    # former's Swedish would take the place of Django's own in every form.
    "drf_spectacular_sidecar.apps.SpectacularSidecarConfig",
    "consent.apps.ConsentConfig",
    "connectors.apps.ConnectorsConfig",
    "connectors.accessfacts.apps.AccessFactsConfig",
    "connectors.cosmic.apps.CosmicConfig",
    "connectors.cosmiclink.apps.CosmicLinkConfig",
    "connectors.directory.apps.DirectoryConfig",
    "connectors.ips.apps.IpsConfig",
    "connectors.mobimed.apps.MobimedConfig",
    "connectors.npo.apps.NpoConfig",
    "connectors.openfeed.apps.OpenfeedConfig",
    "connectors.population.apps.PopulationConfig",
    "connectors.viva.apps.VivaConfig",
    "connectors.storelog.apps.StorelogConfig",
    "portal.apps.PortalConfig",
    "portal.accounts.apps.AccountsConfig",
    "portal.patients.apps.PatientsConfig",
    "portal.access.apps.AccessConfig",
    "portal.aggregation.apps.AggregationConfig",
    "portal.overview.apps.OverviewConfig",
    "portal.feed.apps.FeedConfig",
    "portal.operations.apps.OperationsConfig",
    "portal.api.apps.ApiConfig",
]
# Connectors that were installed as packages of their own (entry points ``patientoversikt.connectors``).
INSTALLED_APPS += vendor_apps()

# One list, top is outermost. Those of portal.middleware are Django's own made async-native, so that a page
# costs one hop to a database thread instead of one for each.
MIDDLEWARE = [
    "portal.middleware.HouseRulesMiddleware",
    "portal.middleware.SecurityMiddleware",
    "portal.middleware.CSPMiddleware",
    "portal.middleware.SessionMiddleware",
    "portal.middleware.LocaleMiddleware",
    "portal.middleware.CommonMiddleware",
    "portal.middleware.CsrfViewMiddleware",
    "portal.middleware.AuthenticationMiddleware",
    "portal.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

# These look for Django's own names in the list; ours derive from them (a test holds that). Framing is refused
# by the content policy's frame-ancestors, which browsers obey before X-Frame-Options.
SILENCED_SYSTEM_CHECKS = ["security.W001", "security.W002", "security.W003"]

ROOT_URLCONF = "portal.urls"
ASGI_APPLICATION = "portal.asgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.appearance.frame",
            ],
        },
    }
]

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "portal.accounts.passwords.HouseWordsValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "portal.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_SESSION_REMEMBER = False

# Who vouches for staff (SITHS and the like), from SIGN_IN_FILE. allauth carries the flow.
IDENTITY_PROVIDERS = read_sign_in()
SOCIALACCOUNT_PROVIDERS = as_allauth(IDENTITY_PROVIDERS)
_OIDC_IDS = frozenset(idp.id for idp in IDENTITY_PROVIDERS)
SAML_PROVIDERS = read_saml_providers(_OIDC_IDS)
SOCIALACCOUNT_ADAPTER = "portal.accounts.oidc.provider.SocialAccountAdapter"

# Systems that may send a reader here with a patient chosen, from LAUNCH_FILE.
LAUNCHERS = read_launchers(_OIDC_IDS | {idp.id for idp in SAML_PROVIDERS})

# A password alone opens no patient and no administration. Only the demo, where all are invented, says False.
MFA_REQUIRED = True
MFA_ADAPTER = "portal.accounts.local.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_RECOVERY_CODES_SHOW_ONCE = True
# Our own step-up stands before every page that changes a factor (portal.accounts.urls).
MFA_REAUTHENTICATION_REQUIRED = False

# Idle for 15 minutes ends a session; a request moves the end (portal.middleware.SessionMiddleware).
SESSION_ENGINE = "portal.accounts.sessions"
SESSION_COOKIE_AGE = 15 * 60
# However it is used, a session ends ten hours after its sign-in.
SESSION_LONGEST_S = 10 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = False
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "portal.errors.csrf_failed"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "require-trusted-types-for": ["'script'"],
        "trusted-types": [NONE],
    }
}
# Pages whose scripts are not ours, by the beginning of their name: Django's administration and the viewers of
# the two interfaces. The one place to exempt a page from Trusted Types.
TRUSTED_TYPES_EXEMPT = ("admin:", "feed_viewer", "api_docs")
SECURE_CONTENT_TYPE_NOSNIFF = True
# `no-referrer` would break Django's CSRF check over HTTPS.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"

LANGUAGE_CODE = "sv"
# Each named in itself: who looks for a language may read no other.
LANGUAGES = [("sv", "Svenska"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Europe/Stockholm"
USE_TZ = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_FROM_FINDERS = False
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "portal.static_files.HashedFiles"},
}

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# Only ids travel, as JSON, and nothing is kept of what a task answers.
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TIMEZONE = "UTC"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

LOGGING_CONFIG = "logging.config.dictConfig"
LOGGING = configure_logs(read_text("LOG_LEVEL", "INFO"))

# The second places that checkpoints of the access log go to: a folder, and tcp://host:port or tls://host:port
# of a syslog collector. Neither should be within reach of whoever runs the database.
LOG_SINK_DIR = read_text("LOG_SINK_DIR", "")
LOG_SINK_SYSLOG = read_text("LOG_SINK_SYSLOG", "")
# For so many months rows of the log stay in the database; five years at least (HSLF-FS 2016:40).
LOG_KEPT_MONTHS = read_int("LOG_KEPT_MONTHS", 60, least=60, most=1200)

# Files of certificates beside those of sources whose end is watched: the proxy's, the syslog collector's.
WATCHED_CERTIFICATES = read_list("WATCHED_CERTIFICATES", ())

# Whom to tell of a weakness: mailto:, https: or tel: (RFC 9116). Unset, there is no security.txt.
SECURITY_CONTACT = read_url("SECURITY_CONTACT", ("mailto", "https", "tel", ""), "")

LEGAL = read_legal_settings()

# Where connectors may call, beside public addresses: SOURCE_NETWORKS, SOURCE_HOSTS.
SOURCE_PLACES = read_places()

# Whom users ring when something is wrong: on every error page. Who answers for the service: in the
# accessibility statement.
SUPPORT_PHONE = read_text("SUPPORT_PHONE", "")
SERVICE_OWNER = read_text("SERVICE_OWNER", "")

# Whether real patients may meet this installation: portal.checks then refuses what is unsafe.
PRODUCTION = False

# Permits to try connectors with (consent.specimen): on where every person is invented, never in production.
SPECIMEN_PERMITS = False

# Set by the embedded settings alone. The demo comes in through these names: the product imports none of it.
EMBEDDED: Embedded | None = None
DEMO = False
DEMO_URLS = ""
EMBEDDED_COMPANIONS: list[str] = []
