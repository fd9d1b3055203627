"""Every page about one patient, under its opaque, session-bound handle. No number stands in a URL."""

from django.urls import include, path

from portal.overview import lists, reporting, searching, timeline, views

urlpatterns = [
    path("", views.overview, name="overview"),
    path("kallor/", views.sources, name="sources"),
    path("tidslinje/", timeline.timeline, name="timeline"),
    path("sok/", searching.record_search, name="record_search"),
    path("giltig/", views.validity, name="validity"),
    path("uppgifter/<slug:kind>/", lists.detail, name="detail"),
    path("telefon/<slug:kind>/", lists.phones, name="phones"),
    path("fel/", reporting.report, name="report"),
    path("igen/<slug:kind>/", lists.retry, name="retry"),
    path("", include("portal.overview.paper.urls")),
]
