"""What comes back, as shapes that the schema is made from. docs/api.md says what each field means."""

from typing import Any

from rest_framework import serializers as s

from consent.vocabulary import Kind
from portal.aggregation.buttons import Group
from portal.aggregation.lamps import Lamp
from portal.aggregation.states import Flag, State
from portal.api.refusing import Code
from portal.api.words import ANSWERS, EXISTENCE, LIT, SAFETY_STATES, SOURCE_STATES


def one_of(values: Any, **more: Any) -> s.ChoiceField:
    return s.ChoiceField(choices=[str(value) for value in values], **more)


def said(**more: Any) -> s.CharField:
    return s.CharField(allow_blank=True, **more)


class FlawShape(s.Serializer):
    field = said()
    code = said()
    message = said()


class ProblemShape(s.Serializer):
    type = s.URLField()
    title = said()
    status = s.IntegerField()
    detail = said()
    code = one_of(Code)
    error_id = said()
    errors = FlawShape(many=True, required=False)


class FoundShape(s.Serializer):
    handle = said(help_text="Står för patienten. Öppnar bara för den som sökte.")


class KeyedShape(s.Serializer):
    key = said()
    text = said()


class FactShape(s.Serializer):
    key = said()
    label = said()
    value = said()


class PersonShape(s.Serializer):
    number = said()
    name = said(help_text="Tomt där det inte får visas, eller inte kunde hämtas.")
    facts = FactShape(many=True)
    is_deceased = s.BooleanField()
    deceased = said(help_text="När, i ord.")
    is_protected = s.BooleanField(help_text="Även när det inte gick att få veta.")


class LimitShape(s.Serializer):
    text = said()
    chips = s.ListField(child=said())
    is_valid = s.BooleanField()
    who = said()
    validity = said()
    sources = s.ListField(child=said())
    got = said()


class SafetyShape(s.Serializer):
    state = one_of(SAFETY_STATES)
    title = said()
    limits = LimitShape(many=True)
    differs = s.BooleanField()
    lines = s.ListField(child=said())
    warnings = said()


class ButtonShape(s.Serializer):
    kind = one_of(Kind)
    group = one_of(Group)
    label = said()
    state = one_of(State)
    answer = one_of(ANSWERS, help_text="records, nothing, unknown eller withheld: fyra olika svar.")
    is_lit = s.BooleanField()
    word = said()
    headline = said()
    when = said()
    count = s.IntegerField(allow_null=True, help_text="null där det inte går att veta.")
    flags = KeyedShape(many=True, help_text="Ett för varje sak som inte kom.")


class PartShape(s.Serializer):
    label = said()
    state = one_of(SOURCE_STATES)
    text = said()
    kinds = said()


class SourceShape(s.Serializer):
    slug = said()
    label = said()
    state = one_of(SOURCE_STATES)
    text = said()
    time = said()
    phone = said()
    planned = said()
    error_id = said()
    buttons = said()
    parts = PartShape(many=True)


class SourcesShape(s.Serializer):
    at = s.DateTimeField()
    is_complete = s.BooleanField()
    missing = said()
    sources = SourceShape(many=True)


class OverviewShape(s.Serializer):
    at = s.DateTimeField()
    patient = PersonShape()
    notices = KeyedShape(many=True)
    existence = one_of(EXISTENCE, allow_null=True)
    is_complete = s.BooleanField()
    missing = said()
    safety = SafetyShape()
    buttons = ButtonShape(many=True)
    sources = SourceShape(many=True)


class WhenShape(s.Serializer):
    verbatim = said()
    day = s.DateField(allow_null=True)
    at = s.DateTimeField(allow_null=True)
    is_doubtful = s.BooleanField()


class OwnerShape(s.Serializer):
    hsa_id = said()
    name = said()
    kind = one_of(("health_care", "social_care"))


class OriginShape(s.Serializer):
    owner = OwnerShape()
    unit_id = said(help_text="Tomt där källan inte angav enhet.")
    unit_name = said()
    information_type = said()


class TellerShape(s.Serializer):
    source = said()
    id = said()
    owner = OwnerShape()


class RecordShape(s.Serializer):
    id = said()
    source = said()
    lamp = one_of(Lamp)
    status = said()
    title = said()
    text = said(help_text="Källans ord, oförändrade.")
    start = WhenShape(allow_null=True)
    end = WhenShape(allow_null=True)
    recorded = WhenShape(allow_null=True)
    updated = WhenShape(allow_null=True)
    origin = OriginShape()
    author = s.DictField(child=said())
    codes = s.ListField(child=s.DictField(child=said()))
    unit_phone = said()
    data = s.DictField(help_text="Fälten för det här slaget av uppgift, se docs/api.md.")
    also = TellerShape(many=True, help_text="Andra källor som berättar om samma sak.")


class RecordsShape(s.Serializer):
    at = s.DateTimeField()
    button = ButtonShape()
    total = s.IntegerField(allow_null=True, help_text="Antal som får visas; null där det inte går att veta.")
    records = RecordShape(many=True)
    next = said(allow_null=True, help_text="cursor för nästa sida; null på den sista.")
    sources = SourceShape(many=True)
    phones_hidden = s.BooleanField()


class LampButtonShape(s.Serializer):
    kind = one_of(Kind)
    state = one_of(State)
    answer = one_of(ANSWERS)
    flags = s.ListField(child=one_of(Flag))


class LaunchShape(s.Serializer):
    url = s.URLField(help_text="Öppnas i användarens webbläsare. Gäller i några minuter, för henne.")


class LampShape(s.Serializer):
    at = s.DateTimeField()
    lit = one_of(LIT, help_text="yes, no eller unknown. unknown är aldrig no.")
    buttons = LampButtonShape(many=True)
    notices = s.ListField(child=said())
    existence = one_of(EXISTENCE, allow_null=True)
    launch = LaunchShape()
