from django.apps import AppConfig


class PatientsConfig(AppConfig):
    """Finding a patient, and the handle that stands for one in a URL."""

    name = "portal.patients"
    verbose_name = "Patienter"
