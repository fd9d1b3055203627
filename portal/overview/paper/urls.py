"""Under the patient's opaque handle, as every page about one."""

from django.urls import path

from portal.overview.paper import views
from portal.overview.shedding import bounded

urlpatterns = [
    path("utskrift/", bounded(views.print_overview), name="print"),
    path("overrapportering/", bounded(views.hand_over), name="handover"),
    path("mote/", bounded(views.meeting), name="meeting"),
    path("mote/visa/", bounded(views.meeting_room), name="meeting_room"),
]
