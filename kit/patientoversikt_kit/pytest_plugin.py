"""Loaded by pytest wherever the kit is installed: sets the desk up before tests are gathered."""

import os

from patientoversikt_kit.desk import set_up


def pytest_configure() -> None:
    """A project with settings of its own sets itself up."""
    if not os.environ.get("DJANGO_SETTINGS_MODULE"):
        set_up()
