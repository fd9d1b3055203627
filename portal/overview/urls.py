"""Every page about one patient, under its opaque, session-bound handle. No number stands in a URL."""

from django.urls import include, path

from portal.overview import lists, reporting, searching, timeline, views
from portal.overview.shedding import bounded

urlpatterns = [
    path("", bounded(views.overview), name="overview"),
    path("kallor/", bounded(views.sources), name="sources"),
    path("tidslinje/", bounded(timeline.timeline), name="timeline"),
    path("sok/", bounded(searching.record_search), name="record_search"),
    path("giltig/", views.validity, name="validity"),
    path("uppgifter/<slug:kind>/", bounded(lists.detail), name="detail"),
    path("telefon/<slug:kind>/", bounded(lists.phones), name="phones"),
    path("fel/", reporting.report, name="report"),
    path("igen/<slug:kind>/", bounded(lists.retry), name="retry"),
    path("", include("portal.overview.paper.urls")),
]
