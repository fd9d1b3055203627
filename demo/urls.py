from django.urls import path

from demo.gallery import error_page, gallery
from demo.views import confirm, sign_in

urlpatterns = [
    path("logga-in/", sign_in, name="demo_sign_in"),
    path("bekrafta/", confirm, name="demo_confirm"),
    path("galleri/", gallery, name="demo_gallery"),
    path("galleri/fel/<slug:name>/", error_page, name="demo_error_page"),
]
