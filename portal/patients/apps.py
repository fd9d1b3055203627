from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PatientsConfig(AppConfig):
    """Finding a patient, and the handle that stands for one in a URL."""

    name = "portal.patients"
    verbose_name = _("Patienter")
