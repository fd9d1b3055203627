from django.urls import path

from demo.views import sign_in

urlpatterns = [path("logga-in/", sign_in, name="demo_sign_in")]
