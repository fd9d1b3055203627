"""Every URL of the portal. ``PUBLIC`` names what is; all else needs sign-in or passes the gate."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.utils.translation import gettext_lazy as _

from portal.access.lifting_requests import lift_requests
from portal.access.own import own_views
from portal.access.worklist import worklist
from portal.accounts.admin_door import guard
from portal.accounts.views import choose_assignment
from portal.api.granting import token
from portal.api.launching import launched
from portal.api.openapi import docs, schema
from portal.appearance import choose_appearance, manifest
from portal.contact import security_txt
from portal.guide.views import accessibility, read_the_buttons
from portal.health import live, ready
from portal.operations.views import metrics, speeds
from portal.patients.listing import my_list
from portal.patients.views import home, search

PUBLIC = (
    *(
        "account_login",
        "account_logout",
        "passkey_login",
        "oidc_login",
        "openid_connect_callback",
        "oidc_back_channel",
        "saml_login",
        "saml_answer",
        "saml_finish",
        "signed_out",
        "security_txt",
        "live",
        "ready",
        "metrics",
        "source_check",
        "look",
        "manifest",
        "help",
        "accessibility",
    ),
    # Where other systems send readers with a patient chosen: nothing is shown before sign-in.
    *("launch", "launch_come_back", "launch_by_token", "launch_open", "launch_go_on"),
    # What the FHIR interface can do; nothing of any patient.
    "fhir_metadata",
    # The open door: what vendors read, try and hand in through, where a source's token is asked for.
    *("feed_home", "feed_schema", "feed_sample", "feed_check", "feed_hand_in", "feed_openapi", "feed_viewer"),
    # Where other systems prove themselves, each with a key of its own; and what they read about it.
    *("api_token", "api_schema", "api_docs"),
)

guard(admin.site)
admin.site.site_header = _("Patientöversikt: administration")
admin.site.site_title = _("Patientöversikt")
admin.site.index_title = _("Administration")

urlpatterns = [
    path("", home, name="home"),
    path("sok/", search, name="search"),
    path("min-lista/", my_list, name="my_list"),
    path("uppdrag/", choose_assignment, name="choose_assignment"),
    path("samtycken/", worklist, name="worklist"),
    path("launch/", include("portal.launching.urls")),
    path("p/<str:handle>/atkomst/sparr/", include("portal.access.lifting_urls")),
    path("p/<str:handle>/atkomst/", include("portal.access.urls")),
    path("p/<str:handle>/", include("portal.access.consents.urls")),
    path("p/<str:handle>/", include("portal.overview.urls")),
    path("loggkontroll/", include("portal.access.review.urls")),
    path("loggutdrag/", include("portal.access.extract.urls")),
    path("mina-visningar/", own_views, name="own_views"),
    path("havning/", lift_requests, name="lift_requests"),
    path("anslut/kontroll/", include("portal.sourcecheck.urls")),
    path("anslut/", include("portal.feed.urls")),
    path("api/feed/v1/", include("portal.feed.interface_urls")),
    path("api/v1/", include("portal.api.urls")),
    path("api/oauth/token", token, name="api_token"),
    path("api/schema/", schema, name="api_schema"),
    path("api/docs/", docs, name="api_docs"),
    path("oppna/<str:handle>/", launched, name="launched"),
    path("fhir/", include("portal.fhir.urls")),
    path("konto/", include("portal.accounts.urls")),
    path("manifest.webmanifest", manifest, name="manifest"),
    path("hjalp/", read_the_buttons, name="help"),
    path("tillganglighet/", accessibility, name="accessibility"),
    path("utseende/", choose_appearance, name="look"),
    path("admin/", admin.site.urls),
    path(".well-known/security.txt", security_txt, name="security_txt"),
    path("healthz", live, name="live"),
    path("readyz", ready, name="ready"),
    path("metrics", metrics, name="metrics"),
    path("kallor/", speeds, name="speeds"),
]

if settings.DEMO_URLS:
    urlpatterns.append(path("demo/", include(settings.DEMO_URLS)))

handler400 = "portal.errors.bad_request"
handler403 = "portal.errors.forbidden"
handler404 = "portal.errors.not_found"
handler429 = "portal.errors.throttled"
handler500 = "portal.errors.server_error"
