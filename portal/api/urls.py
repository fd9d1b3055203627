"""The interface itself. Apart from its description and token endpoint: the schema is of this alone."""

from django.urls import path

from portal.api.endpoints.overview import OverviewView, SourcesView
from portal.api.endpoints.searching import SearchView

urlpatterns = [
    path("patients/search", SearchView.as_view(), name="api_search"),
    path("patients/<str:handle>/overview", OverviewView.as_view(), name="api"),
    path("patients/<str:handle>/sources", SourcesView.as_view(), name="api_sources"),
]
