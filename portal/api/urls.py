"""The interface itself. Apart from its description and token endpoint: the schema is of this alone."""

from django.urls import path

from portal.api.endpoints.access import AccessView, ActsView, UnitsView
from portal.api.endpoints.blocks import (
    AnswerView,
    AskView,
    BlocksView,
    EndLiftView,
    LiftsView,
    UnitBlocksView,
    WaitingView,
)
from portal.api.endpoints.consents import ConsentsView, StopConsentView
from portal.api.endpoints.extract import ExtractView
from portal.api.endpoints.lamp import LampView
from portal.api.endpoints.overview import OverviewView, SourcesView
from portal.api.endpoints.records import PhonesView, RecordsView
from portal.api.endpoints.searching import SearchView

OF = "patients/<str:handle>/"

urlpatterns = [
    path("lamp", LampView.as_view(), name="api_lamp"),
    path("lift-requests", WaitingView.as_view(), name="api_lift_requests"),
    path("log-extracts", ExtractView.as_view(), name="api_extract"),
    path("patients/search", SearchView.as_view(), name="api_search"),
    path(OF + "access", AccessView.as_view(), name="api_access"),
    path(OF + "acts", ActsView.as_view(), name="api_acts"),
    path(OF + "blocks", BlocksView.as_view(), name="api_blocks"),
    path(OF + "blocks/<str:unit>", UnitBlocksView.as_view(), name="api_unit_blocks"),
    path(OF + "consents", ConsentsView.as_view(), name="api_consents"),
    path(OF + "consents/<uuid:consent_id>/<str:way>", StopConsentView.as_view(), name="api_stop_consent"),
    path(OF + "lift-requests", AskView.as_view(), name="api_ask_to_lift"),
    path(OF + "lift-requests/<uuid:request_id>/answer", AnswerView.as_view(), name="api_answer_lift"),
    path(OF + "lifts", LiftsView.as_view(), name="api_lift"),
    path(OF + "lifts/<uuid:lift_id>/end", EndLiftView.as_view(), name="api_end_lift"),
    path(OF + "overview", OverviewView.as_view(), name="api"),
    path(OF + "records/<str:kind>", RecordsView.as_view(), name="api_records"),
    path(OF + "records/<str:kind>/phones", PhonesView.as_view(), name="api_phones"),
    path(OF + "sources", SourcesView.as_view(), name="api_sources"),
    path(OF + "units", UnitsView.as_view(), name="api_units"),
]
