"""The personas as users: who they are, what they may do, and under which assignments."""

from django.contrib.auth.models import Group

from consent.vocabulary import Purpose
from demo.people.personas import Persona
from portal.accounts.models import Assignment, User

PURPOSES = {
    "Vård och behandling": Purpose.CARE,
    "Kvalitetssäkring": Purpose.QUALITY,
    "Administration": Purpose.ADMINISTRATION,
}


def seed_persona(persona: Persona) -> None:
    first, _, last = persona.name.partition(" ")
    user, is_new = User.objects.update_or_create(
        username=persona.sign_in,
        defaults={
            "first_name": first,
            "last_name": last,
            "title": persona.title,
            "hsa_id": persona.hsa,
            "is_staff": persona.role != "clinician",
            "is_superuser": False,
        },
    )
    if is_new:
        user.set_password(persona.sign_in)
        user.save()
    user.groups.set(Group.objects.filter(name__in=persona.groups))
    for given in persona.assignments:
        Assignment.objects.update_or_create(
            user=user,
            unit_id=given.unit.hsa,
            purpose=PURPOSES[given.purpose].value,
            defaults={
                "may_review_log": persona.role == "log_reviewer",
                "may_administer_consents": persona.role == "consent_administrator",
                "may_lift_blocks": given.may_lift_blocks,
            },
        )
