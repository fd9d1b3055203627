"""A patient on the list of a unit that follows her. Bears on no access."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from consent.models.acts import RecordedAct


class Following(RecordedAct):
    """From when to when a unit has a patient on its list (Min lista). The number is the dossier's, encrypted;
    no name is kept."""

    class Meta(RecordedAct.Meta):
        verbose_name = _("rad i enhetens lista")
        verbose_name_plural = _("rader i enheternas listor")
        constraints = [
            models.UniqueConstraint(
                fields=["dossier", "unit_id"],
                condition=models.Q(ended_at=None, annulled_at=None),
                name="once_on_a_units_list",
            )
        ]
