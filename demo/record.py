"""What stands on record when the demo begins, and what consent is asked with: groups of units, texts."""

from datetime import timedelta

from django.utils import timezone

from consent import dossiers, models
from consent.information import FIRST_TEXTS
from consent.terms import PersonId
from consent.vocabulary import IdType
from demo.people import BY_LETTER, legal
from demo.people.places import UNITS

RECORDED_BY = "demo"
GROUNDS = {
    "planned": models.CareRelation.Ground.JOURNAL,
    "enrolled": models.CareRelation.Ground.JOURNAL,
    "insats": models.CareRelation.Ground.SERVICE,
    "utredning": models.CareRelation.Ground.ASSESSMENT,
}


def seed_consent_work() -> None:
    """Groups of units to consent for in one act, and the texts that patients are given."""
    for group in legal.GROUPS:
        provider = group.units[0].provider.hsa
        row, _ = models.UnitGroup.objects.get_or_create(name=group.name, provider_id=provider)
        row.units.set(models.CareUnit.objects.filter(pk__in=[unit.hsa for unit in group.units]))
    for text in FIRST_TEXTS:
        models.InformationText.objects.get_or_create(
            language=text.language, version=1, defaults={"title": text.title, "body": text.body}
        )


def seed_record() -> None:
    """Relations, consents, refusals and blocks, dated relative to now."""
    for relation in legal.RECORDED_RELATIONS:
        _act(models.CareRelation, relation.person, relation.unit_hsa, 30, ground=GROUNDS[relation.ground])
    information = models.InformationText.objects.filter(language="sv", version=1).first()
    for consent in legal.CONSENTS:
        _act(
            models.Consent,
            consent.person,
            consent.unit_hsas[0],
            consent.given_days_ago,
            unit_ids=list(consent.unit_hsas),
            through_interpreter=consent.via_interpreter,
            group_name=consent.group_name,
            raised_at=consent.raised_at,
            information=information,
        )
    for refusal in legal.REFUSALS:
        _act(models.ConsentRefusal, refusal.person, refusal.unit_hsa, refusal.given_days_ago)
    for block in (b for b in legal.BLOCKS if b.kept == "here"):
        _act(
            models.Block,
            block.person,
            block.unit_hsa,
            100,
            kind=block.kind,
            excluded_types=list(block.excluded),
        )


def _act(model: type[models.RecordedAct], letter: str, unit_hsa: str, days_ago: int, **more: object) -> None:
    person = BY_LETTER[letter]
    dossier = dossiers.open_dossier(PersonId(person.number, IdType(person.number_type))).dossier
    since = timezone.now() - timedelta(days=days_ago)
    provider = next(u.provider for u in UNITS if u.hsa == unit_hsa)
    model.objects.create(  # type: ignore[attr-defined]
        dossier=dossier,
        provider_id=provider.hsa,
        unit_id=unit_hsa,
        recorded_by=RECORDED_BY,
        recorded_at=since,
        starts_at=since,
        **more,
    )
    dossiers.raise_version(dossier)
