"""Keys are made once, kept private, and a set that is not whole is refused rather than mended."""

import base64
import stat
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from portal.settings.keys import KEY_BYTES, create_keys, load_keys


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    create_keys(tmp_path / "keys")
    return tmp_path / "keys"


def write(path: Path, key: bytes) -> None:
    path.write_bytes(base64.b64encode(key))


def test_created_keys_are_whole_and_all_different(folder):
    keys = load_keys(folder)
    every = [*keys.field.values(), keys.lookup, keys.handle, keys.log_master]
    assert [len(key) for key in every] == [KEY_BYTES] * 4
    assert len(set(every)) == 4
    assert keys.field_current in keys.field


def test_created_keys_are_for_their_owner_alone(folder):
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_keys_are_made_once(folder):
    before = load_keys(folder)
    create_keys(folder)
    assert load_keys(folder) == before


@pytest.mark.parametrize(
    "name", ["lookup.key", "handle.key", "log-master.key", "field-1.key", "field.current"]
)
def test_lost_key_is_refused_and_never_replaced(folder, name):
    (folder / name).unlink()
    create_keys(folder)
    with pytest.raises(ImproperlyConfigured):
        load_keys(folder)


@pytest.mark.parametrize(
    "key", [b"short", bytes(KEY_BYTES), b"ab" * (KEY_BYTES // 2)], ids=["short", "zeros", "repeated"]
)
def test_trivial_key_is_refused(folder, key):
    write(folder / "lookup.key", key)
    with pytest.raises(ImproperlyConfigured, match=r"lookup\.key"):
        load_keys(folder)


def test_key_used_twice_is_refused(folder):
    (folder / "handle.key").write_bytes((folder / "lookup.key").read_bytes())
    with pytest.raises(ImproperlyConfigured, match="the same"):
        load_keys(folder)


def test_text_that_is_no_key_is_refused_without_repeating_it(folder):
    (folder / "lookup.key").write_text("inte en nyckel å", encoding="utf-8")
    with pytest.raises(ImproperlyConfigured) as refused:
        load_keys(folder)
    assert "nyckel å" not in str(refused.value)


def test_older_field_keys_still_decrypt(folder):
    write(folder / "field-2.key", bytes(range(KEY_BYTES)))
    (folder / "field.current").write_text("2\n")
    keys = load_keys(folder)
    assert keys.field_current == "2"
    assert set(keys.field) == {"1", "2"}


def test_keys_do_not_show_themselves(folder):
    keys = load_keys(folder)
    assert base64.b64encode(keys.lookup).decode() not in repr(keys)
    assert repr(keys.lookup) not in repr(keys)
