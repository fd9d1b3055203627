"""Sealed values open in their own place under their own key, and nowhere else."""

from dataclasses import replace

import pytest
from django.core.exceptions import FieldError
from django.db import connection

from consent.dossiers import open_dossier
from consent.encryption import Undecipherable, key_id_of, lookup_key, seal, unseal
from consent.models import Dossier
from consent.terms import PersonId
from consent.vocabulary import IdType

GUNHILD, TOLVAN = PersonId("193908139060"), PersonId("191212121212")
KEY, OTHER_KEY = b"k" * 32, b"o" * 32
pytestmark = [pytest.mark.sqlite]


def test_sealed_opens_where_it_was_bound():
    sealed = seal(b"secret", b"here", KEY, "7")
    assert unseal(sealed, b"here", KEY) == b"secret"
    assert key_id_of(sealed) == "7"
    assert seal(b"secret", b"here", KEY) != seal(b"secret", b"here", KEY)


@pytest.mark.parametrize(
    "broken", [b"", b"\x01", b"\x02" + b"0" * 40, b"\x01\x00short", b"\x01\xff" + b"0" * 40]
)
def test_what_is_no_seal_is_refused(broken):
    with pytest.raises(Undecipherable):
        unseal(broken, b"here", KEY)


def test_other_place_other_key_and_changed_byte_are_refused():
    sealed = seal(b"secret", b"here", KEY)
    changed = sealed[:-1] + bytes([sealed[-1] ^ 1])
    for value, place, key in ((sealed, b"there", KEY), (sealed, b"here", OTHER_KEY), (changed, b"here", KEY)):
        with pytest.raises(Undecipherable):
            unseal(value, place, key)


def raw(column: str, dossier: Dossier) -> bytes:
    with connection.cursor() as cursor:
        key = dossier.pk if connection.vendor == "postgresql" else dossier.pk.hex
        cursor.execute(f"SELECT {column} FROM consent_dossier WHERE id = %s", [key])
        return bytes(cursor.fetchone()[0])


def overwrite(dossier: Dossier, number: bytes) -> Dossier:
    with connection.cursor() as cursor:
        key = dossier.pk if connection.vendor == "postgresql" else dossier.pk.hex
        cursor.execute("UPDATE consent_dossier SET number = %s WHERE id = %s", [number, key])
    return Dossier.objects.get(pk=dossier.pk)


@pytest.fixture
def gunhild(db: None) -> Dossier:
    return open_dossier(GUNHILD).dossier


def test_number_comes_back_as_it_was(gunhild: Dossier):
    assert Dossier.objects.get(pk=gunhild.pk).as_person() == GUNHILD
    assert Dossier.objects.only("id").get(pk=gunhild.pk).number == GUNHILD.number


def test_database_never_holds_the_number(gunhild: Dossier):
    for column in ("number", "lookup"):
        assert GUNHILD.number.encode() not in raw(column, gunhild)
        assert GUNHILD.number[2:].encode() not in raw(column, gunhild)


def test_value_of_another_row_does_not_open(gunhild: Dossier):
    tolvan = open_dossier(TOLVAN).dossier
    swapped = overwrite(gunhild, raw("number", tolvan))
    with pytest.raises(Undecipherable, match=r"^consent_dossier\.number$"):
        swapped.as_person()


def test_value_of_another_column_does_not_open(gunhild: Dossier, settings):
    keys = settings.KEYS
    elsewhere = f"consent_dossier\0lookup\0{gunhild.pk}".encode()
    here = f"consent_dossier\0number\0{gunhild.pk}".encode()
    key, key_id = keys.field[keys.field_current], keys.field_current
    assert overwrite(gunhild, seal(b"191212121212", here, key, key_id)).number == TOLVAN.number
    with pytest.raises(Undecipherable):
        assert overwrite(gunhild, seal(b"191212121212", elsewhere, key, key_id)).number


@pytest.mark.parametrize("garbage", [b"", b"\x01", b"\x01\xff", b"\x01\x02\xff\xfe" + b"0" * 40])
def test_garbage_in_the_column_is_undecipherable(gunhild: Dossier, garbage):
    with pytest.raises(Undecipherable):
        assert overwrite(gunhild, garbage).number


def test_old_key_still_opens_and_new_values_use_the_new_one(gunhild: Dossier, settings):
    before = settings.KEYS
    assert key_id_of(raw("number", gunhild)) == before.field_current
    settings.KEYS = replace(before, field={**before.field, "3": OTHER_KEY}, field_current="3")
    kept = Dossier.objects.get(pk=gunhild.pk)
    assert kept.number == GUNHILD.number
    kept.save()
    assert key_id_of(raw("number", gunhild)) == "3"
    assert Dossier.objects.get(pk=gunhild.pk).number == GUNHILD.number


def test_lost_key_is_told_without_the_value(gunhild: Dossier, settings):
    settings.KEYS = replace(settings.KEYS, field={"9": OTHER_KEY}, field_current="9")
    with pytest.raises(Undecipherable) as caught:
        assert Dossier.objects.get(pk=gunhild.pk).number
    assert "1939" not in str(caught.value)


def test_clear_text_cannot_slip_past_the_seal(gunhild: Dossier):
    with pytest.raises(TypeError):
        Dossier.objects.filter(pk=gunhild.pk).update(number=TOLVAN.number)
    gunhild.number = TOLVAN.number
    with pytest.raises(TypeError):
        Dossier.objects.bulk_update([gunhild], ["number"])


def test_encrypted_column_is_never_searched(gunhild: Dossier):
    for lookup in ("number", "number__contains", "number__startswith"):
        with pytest.raises(FieldError):
            Dossier.objects.filter(**{lookup: GUNHILD.number}).first()


def test_lookup_tells_types_and_keys_apart(settings):
    reserve = PersonId("193908139060", IdType.RESERVNUMMER)
    assert (
        len({lookup_key(GUNHILD), lookup_key(TOLVAN), lookup_key(reserve), lookup_key(GUNHILD, OTHER_KEY)})
        == 4
    )
    assert lookup_key(GUNHILD) == lookup_key(PersonId("193908139060"))
    assert len(lookup_key(GUNHILD)) == 32


def test_dossier_is_opened_once(gunhild: Dossier):
    found = open_dossier(GUNHILD)
    again, now = found.dossier, found.now
    assert again.pk == gunhild.pk
    assert now.tzinfo is not None
    assert Dossier.objects.count() == 1
