"""Every page about one patient, under its opaque, session-bound handle. No number stands in a URL."""

from django.urls import include, path

from portal.overview import reporting, views

urlpatterns = [
    path("", views.overview, name="overview"),
    path("kallor/", views.sources, name="sources"),
    path("giltig/", views.validity, name="validity"),
    path("uppgifter/<slug:kind>/", views.detail, name="detail"),
    path("telefon/<slug:kind>/", views.phones, name="phones"),
    path("fel/", reporting.report, name="report"),
    path("igen/<slug:kind>/", views.retry, name="retry"),
    path("", include("portal.overview.paper.urls")),
]
