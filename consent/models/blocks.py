"""Blocks kept here, their liftings, and requests to those who can lift."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from consent.models.acts import RecordedAct
from consent.vocabulary import BlockKind, LiftAnswer, LiftGround


class Block(RecordedAct):
    """A spärr kept here. ``provider_id`` and ``unit_id`` say who blocked; other sources plug in beside."""

    KINDS = ((BlockKind.INNER.value, _("Inre")), (BlockKind.OUTER.value, _("Yttre")))

    kind = models.CharField(_("slag"), max_length=8, choices=KINDS)
    first_day = models.DateField(_("uppgifter från"), null=True, blank=True)
    last_day = models.DateField(_("uppgifter till"), null=True, blank=True)
    excluded_types = models.JSONField(_("undantagna informationstyper"), default=list, blank=True)

    class Meta(RecordedAct.Meta):
        verbose_name = _("spärr")
        verbose_name_plural = _("spärrar")


class BlockLift(RecordedAct):
    """A block that an authorised officer lifted for a unit or one person, for a time (PDL 4:5, SVOD 3:5).

    ``block_ref``: the block's id, wherever it is kept. ``provider_id`` is whose block it is, ``unit_id`` and
    ``employee_id`` for whom it is lifted.
    """

    GROUNDS = (
        (LiftGround.CONSENT.value, _("Patienten samtycker")),
        (LiftGround.NEED.value, _("Samtycke kan inte inhämtas och uppgifterna kan behövas oundgängligen")),
    )

    block_ref = models.CharField(_("spärr"), max_length=64)
    ground = models.CharField(_("grund"), max_length=8, choices=GROUNDS, default=LiftGround.CONSENT.value)

    class Meta(RecordedAct.Meta):
        verbose_name = _("hävd spärr")
        verbose_name_plural = _("hävda spärrar")


class LiftRequest(RecordedAct):
    """In an emergency: another provider is asked to lift its block (SVOD 3:5). Nothing opens by asking."""

    ANSWERS = (
        (LiftAnswer.LIFTED.value, _("Hävd")),
        (LiftAnswer.DECLINED.value, _("Hävs inte")),
    )

    asked_provider_id = models.CharField(_("tillfrågad vårdgivare"), max_length=32)
    block_refs = models.JSONField(_("spärrar"), default=list)
    answer = models.CharField(_("svar"), max_length=8, blank=True, choices=ANSWERS)
    answered_at = models.DateTimeField(_("besvarad"), null=True, blank=True)
    answered_by = models.CharField(_("besvarad av"), max_length=32, blank=True)

    class Meta(RecordedAct.Meta):
        verbose_name = _("begäran om hävning")
        verbose_name_plural = _("begäranden om hävning")
