"""Small tags of the page of consents: which rows stand where, and where a form about one of them goes."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.urls import reverse

from portal.access.consents.rows import Row

register = template.Library()
ADDRESS = {
    ("consent", "end"): "consents_end",
    ("consent", "annul"): "consents_annul",
    ("refusal", "annul"): "consents_annul_refusal",
    ("sip", "end"): "consents_end_sip",
    ("sip", "annul"): "consents_annul_sip",
}


@register.filter
def only(rows: Iterable[Row], is_current: bool) -> list[Row]:
    return [row for row in rows if row.is_current is is_current]


@register.filter
def sip(rows: Iterable[Row], is_sip: bool) -> list[Row]:
    return [row for row in rows if (row.sort == "sip") is is_sip]


@register.filter
def of(values: Mapping[str, Any], key: str) -> Any:
    return values[key]


@register.simple_tag
def stop_address(handle: str, row: Row, way: str) -> str:
    return reverse(ADDRESS[row.sort, way], args=[handle])
