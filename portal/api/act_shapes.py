"""The shapes of what comes back from the access step, consents and the log; the others are in ``shapes``."""

from rest_framework import serializers as s

from consent.acts import Act
from portal.api.shapes import KeyedShape, PersonShape, one_of, said
from portal.api.words import EXISTENCE

ACTS_ON_BLOCKS = (Act.LIFT_BLOCK, Act.END_LIFT, Act.ASK_TO_LIFT, Act.ANSWER_LIFT_REQUEST)


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


class BlockerShape(s.Serializer):
    provider = said(help_text="HSA-id, till POST lift-requests.")
    sentence = said()
    phone = said()
    state = said(help_text="Vad det blev av den begäran som har skickats.")
    may_ask = s.BooleanField()


class LiftedShape(s.Serializer):
    id = said()
    sentence = said()


class RequestShape(s.Serializer):
    id = said()
    who = said()
    where = said()
    phone = said()
    when = said()


class BlocksShape(s.Serializer):
    is_noticed = s.BooleanField(help_text="Att det finns spärrade uppgifter får sägas.")
    is_unknown = s.BooleanField(help_text="Spärrar kunde inte läsas.")
    sentences = KeyedShape(many=True)
    phone = said(help_text="Till den egna vårdgivarens jour, där spärren är dess.")
    blockers = BlockerShape(many=True, help_text="I nödläge: vems yttre spärr det är.")
    units = UnitShape(many=True, help_text="Där inre spärrar finns, för den som får häva dem.")
    has_outer = s.BooleanField()
    lifts = LiftedShape(many=True)
    requests = RequestShape(many=True)
    allowed = s.ListField(child=one_of(ACTS_ON_BLOCKS))


class BlockShape(s.Serializer):
    id = said()
    unit = said()
    unit_id = said()
    kind = said()
    days = said()
    left_out = said()


class UnitBlocksShape(s.Serializer):
    blocks = BlockShape(many=True)


class WaitingShape(RequestShape):
    number = said()
    handle = said()
    blocks = said()


class WaitingsShape(s.Serializer):
    requests = WaitingShape(many=True)
