"""The shapes of what comes back from the access step, consents and the log; the others are in ``shapes``."""

from rest_framework import serializers as s

from consent.acts import Act
from portal.api.shapes import KeyedShape, PersonShape, one_of, said
from portal.api.words import EXISTENCE


class NamesShape(s.Serializer):
    openable = s.ListField(child=said())
    blocked = s.ListField(child=said())


class AccessShape(s.Serializer):
    at = s.DateTimeField()
    patient = PersonShape()
    notices = KeyedShape(many=True)
    existence = one_of(EXISTENCE, allow_null=True)
    is_anything_open = s.BooleanField()
    relation = one_of(("present", "missing", "unknown"))
    offered = s.ListField(child=one_of(Act), help_text="Det som det finns skäl att registrera nu.")
    allowed = s.ListField(child=one_of(Act), help_text="Allt som får registreras.")
    sentences = KeyedShape(many=True)
    emergency_names = NamesShape(allow_null=True)
    inability_names = s.ListField(child=said(), allow_null=True)


class DoneShape(s.Serializer):
    recorded = one_of(Act)


class UnitShape(s.Serializer):
    hsa_id = said()
    name = said()


class UnitsShape(s.Serializer):
    holding = UnitShape(many=True)
    others = UnitShape(many=True, help_text="Om dem är det inte känt, eller sägs inte.")
    has_unnamed = s.BooleanField()
    failures = s.ListField(child=said())


class ConsentShape(s.Serializer):
    id = said()
    sort = one_of(("consent", "refusal", "sip"))
    state = said()
    word = said()
    whom = said()
    when = said()
    facts = s.ListField(child=said())
    stopped = said()
    ways = s.ListField(child=said(), help_text="end, annul eller båda, där användaren får.")


class ConsentsShape(s.Serializer):
    consents = ConsentShape(many=True)
    allowed = s.ListField(child=one_of(Act))


class ExtractLineShape(s.Serializer):
    day = said()
    clock = said()
    unit = said()
    provider = said()
    what = said()
    outcome = said()
    kinds = said()
    owners = said()
    why = s.ListField(child=said())
    is_emergency = s.BooleanField()


class ExtractShape(s.Serializer):
    number = said()
    other_numbers = s.ListField(child=said())
    name = said()
    warnings = s.ListField(child=said())
    since = s.DateField()
    until = s.DateField()
    lost_months = s.ListField(child=said())
    archived_months = s.ListField(child=said())
    lines = ExtractLineShape(many=True)
