from django.urls import path

from demo.views import confirm, sign_in

urlpatterns = [
    path("logga-in/", sign_in, name="demo_sign_in"),
    path("bekrafta/", confirm, name="demo_confirm"),
]
