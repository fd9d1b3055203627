"""How the administrator's pages say where in its time an act is."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin import site
from django.test import RequestFactory

from consent import models
from consent.dossiers import open_dossier
from portal.accounts.models import User
from tests.factories.permits import TOLVAN

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("starts", "ends", "word"),
    [
        (-2 * HOUR, -HOUR, "Har gått ut"),
        (-HOUR, HOUR, "Gäller"),
        (-HOUR, None, "Gäller"),
        (HOUR, 2 * HOUR, "Börjar senare"),
        (HOUR, None, "Börjar senare"),
    ],
)
def test_an_act_says_whether_it_is_to_come_holds_or_is_over(starts, ends, word) -> None:
    found = open_dossier(TOLVAN)
    dossier, now = found.dossier, found.now
    models.Consent.objects.create(
        dossier=dossier,
        provider_id="SE2120000019-V001",
        recorded_by="SE2120000019-P001",
        starts_at=now + starts,
        ends_at=None if ends is None else now + ends,
    )
    page: Any = site.get_model_admin(models.Consent)
    request: Any = RequestFactory().get("/")
    request.user = User(username="t", is_superuser=True, is_staff=True)
    row = page.get_queryset(request).get()
    assert page.state(row) == word
