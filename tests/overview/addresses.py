"""The names the templates link to, so that the page can be tried without the rest of the portal."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def nowhere(_request: HttpRequest, **_arguments: str) -> HttpResponse:
    return HttpResponse()


urlpatterns = [
    path("", nowhere, name="home"),
    path("sok/", nowhere, name="search"),
    path("min-lista/", nowhere, name="my_list"),
    path("uppdrag/", nowhere, name="choose_assignment"),
    path("ut/", nowhere, name="account_logout"),
    path("session/", nowhere, name="session_end"),
    path("hjalp/", nowhere, name="help"),
    path("tillganglighet/", nowhere, name="accessibility"),
    path("utseende/", nowhere, name="look"),
    path("sakerhet/", nowhere, name="security"),
    path("p/<str:handle>/atkomst/sparr/", include("portal.access.lifting_urls")),
    path("p/<str:handle>/atkomst/", include("portal.access.urls")),
    path("p/<str:handle>/", include("portal.access.consents.urls")),
    path("p/<str:handle>/", include("portal.overview.urls")),
]
