from django.urls import path

from portal.sourcecheck.views import check_source

urlpatterns = [path("", check_source, name="source_check")]
