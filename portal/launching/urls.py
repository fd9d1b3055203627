from django.urls import path

from portal.launching.arriving import go_on, open_ticket
from portal.launching.smart import begin, come_back
from portal.launching.views import by_token

urlpatterns = [
    path("", begin, name="launch"),
    path("<slug:system_id>/svar/", come_back, name="launch_come_back"),
    path("jwt", by_token, name="launch_by_token"),
    path("vidare/", go_on, name="launch_go_on"),
    path("biljett/<str:ticket>/", open_ticket, name="launch_open"),
]
