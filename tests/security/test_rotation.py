"""From one set of keys to the next: nothing is lost, whatever ends it half-way, whoever writes meanwhile."""

import base64
import io
import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from connectors.models import Source
from consent import encryption, rekeying
from consent.accesslog import keys as log_keys
from consent.accesslog.model import AccessEvent
from consent.dossiers import open_dossier
from consent.encryption import Undecipherable
from consent.models import Dossier
from consent.terms import PersonId
from portal.accounts.models import ImportFile, User
from portal.settings.key_change import add_keys, switch_keys
from portal.settings.keys import Keys, create_keys, load_keys
from tests.consent.doings import by, make_organisations

pytestmark = [pytest.mark.sqlite]

NUMBERS = ("193908139060", "191212121212")
FILES = 12


def written_out(keys: Keys, folder: Path) -> Path:
    """These keys as the files that an installation has."""
    folder.mkdir()
    held = {f"field-{name}": key for name, key in keys.field.items()}
    held |= {"lookup": keys.lookup, "handle": keys.handle, "log-master": keys.log_master}
    for name, key in held.items():
        (folder / f"{name}.key").write_bytes(base64.b64encode(key))
    (folder / "field.current").write_text(keys.field_current)
    return folder


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.KEYS_DIR = written_out(settings.KEYS, tmp_path / "keys")
    return Path(settings.KEYS_DIR)


def rotate(*words: str) -> str:
    out = io.StringIO()
    call_command("rotate_keys", *words, stdout=out)
    return out.getvalue()


def fill() -> None:
    """Something of each sort that is encrypted, and rows of the log about somebody."""
    from consent import recording

    make_organisations()
    recording.confirm_relation(by())
    for number in NUMBERS:
        open_dossier(PersonId(number))
    source = Source(slug="ward", label="Avdelningen", connector="ips", base_url="https://ips.example")
    source.write_secrets({"password": "löyndigt"})
    source.save()
    user = User.objects.create_user("chef", password="a long enough password")
    for n in range(FILES):
        ImportFile.objects.create(sort="users", name=f"{n}.csv", content=f"rad {n}", uploaded_by=user)
    TOTP.activate(user, "JBSWY3DPEHPK3PXP")
    RecoveryCodes.activate(user)


def everything() -> dict[str, Any]:
    """All that is encrypted, read."""
    found: dict[str, Any] = {
        f"{field.place} {row.pk}": getattr(row, field.attname)
        for field in rekeying.encrypted_columns()
        for row in field.model._base_manager.all()
    }
    for one in Authenticator.objects.all():
        wrapped = one.wrap()
        told = wrapped.validate_code if one.type == Authenticator.Type.TOTP else wrapped.get_unused_codes
        found[f"factor {one.type}"] = told() if one.type != Authenticator.Type.TOTP else secret_of(one)
    log_keys._opened.clear()
    for event in AccessEvent.objects.exclude(patient_sealed=None).order_by("seq"):
        found[f"event {event.seq}"] = event.patient()
    return found


def secret_of(one: Authenticator) -> str:
    from portal.accounts.local import MFAAdapter

    return MFAAdapter().decrypt(one.data["secret"])


def log_rows() -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM consent_accessevent ORDER BY seq")
        return [tuple(bytes(v) if isinstance(v, memoryview) else v for v in row) for row in cursor.fetchall()]


def without_older(keys: Keys) -> Keys:
    return replace(
        keys,
        field={keys.field_current: keys.field[keys.field_current]},
        log_master_others={},
        handle_others={},
    )


def test_the_four_steps_and_then_the_old_keys_may_go(db: None, settings: Any, folder: Path) -> None:
    fill()
    before, rows = everything(), log_rows()
    assert len(before) > FILES + len(NUMBERS) + 4

    assert "Set 3 is made" in rotate("--new")
    settings.KEYS = load_keys(folder)
    assert settings.KEYS.field_current == "2"
    assert everything() == before
    assert "Set 3 is in use" in rotate("--switch")
    settings.KEYS = load_keys(folder)
    assert (settings.KEYS.field_current, settings.KEYS.log_master_id) == ("3", "3")
    assert everything() == before
    with pytest.raises(CommandError, match="still needed"):
        rotate("--check")

    rotate()
    told = rotate("--check")
    for name in ("field-1", "field-2", "log-master", "handle"):
        assert f"{name}.key: needed by nothing here" in told
    for path in ("field-1.key", "field-2.key", "log-master.key", "handle.key"):
        (folder / path).unlink()
    settings.KEYS = load_keys(folder)
    assert without_older(settings.KEYS) == settings.KEYS
    assert everything() == before
    # The log has the rows of the three steps more, and every other row is what it was, byte by byte.
    assert log_rows()[: len(rows)] == rows
    assert [row.detail["step"] for row in AccessEvent.objects.filter(event="admin_changed")] == [
        "rewritten",
        "switch",
        "new",
    ]
    assert rotate("--check").startswith("Keep them")


def test_no_encrypted_value_of_the_whole_demo_is_forgotten(
    people: object, settings: Any, folder: Path
) -> None:
    """Whatever the invented people left behind, in every table: it reads by the new keys alone."""
    before = everything()
    rotate("--new")
    rotate("--switch")
    settings.KEYS = load_keys(folder)
    rotate()
    rotate("--check")
    settings.KEYS = without_older(settings.KEYS)
    assert everything() == before


def test_what_was_not_rewritten_would_be_noticed(db: None, settings: Any, folder: Path) -> None:
    """The control: dropping the old keys too early makes values unreadable; --check says so beforehand."""
    fill()
    rotate("--new")
    rotate("--switch")
    settings.KEYS = load_keys(folder)
    out = io.StringIO()
    with pytest.raises(CommandError):
        call_command("rotate_keys", "--check", stdout=out)
    assert "field-2.key: still needed" in out.getvalue()
    assert "log-master.key: still needed" in out.getvalue()
    settings.KEYS = without_older(settings.KEYS)
    with pytest.raises(Undecipherable):
        everything()


def test_a_value_that_no_key_opens_is_told_and_left(db: None, settings: Any, folder: Path) -> None:
    fill()
    one = Dossier.objects.order_by("pk")[0]
    with connection.cursor() as cursor:
        key = one.pk if connection.vendor == "postgresql" else one.pk.hex
        cursor.execute("UPDATE consent_dossier SET number = %s WHERE id = %s", [b"\x01\x01Xbroken", key])
    rotate("--new")
    rotate("--switch")
    settings.KEYS = load_keys(folder)
    with pytest.raises(CommandError, match="1 values open by no key"):
        rotate()
    rest = Dossier.objects.exclude(pk=one.pk)
    settings.KEYS = without_older(settings.KEYS)
    assert {d.number for d in rest} < {*NUMBERS}


def test_whoever_read_before_puts_no_older_value_back(db: None, settings: Any, folder: Path) -> None:
    """A row read before it was rewritten and saved after: by the new key."""
    fill()
    stale = Source.objects.get(pk="ward")
    rotate("--new")
    rotate("--switch")
    settings.KEYS = load_keys(folder)
    rotate()
    stale.save()
    rotate("--check")
    settings.KEYS = without_older(settings.KEYS)
    assert Source.objects.get(pk="ward").read_secrets() == {"password": "löyndigt"}


# What a set of keys goes through on disk.


def test_new_goes_on_where_it_was_stopped(tmp_path: Path) -> None:
    create_keys(tmp_path)
    assert add_keys(tmp_path) == "2"
    (tmp_path / "handle-2.key").unlink()
    (tmp_path / "handle-2.key.new").write_text("half")
    with pytest.raises(ImproperlyConfigured, match="lacks: handle"):
        switch_keys(tmp_path)
    before = (tmp_path / "field-2.key").read_text()
    assert add_keys(tmp_path) == "2"
    assert (tmp_path / "field-2.key").read_text() == before
    switch_keys(tmp_path)
    (tmp_path / "log-master.current").unlink()  # killed before the last of them
    assert switch_keys(tmp_path) == "2"
    assert load_keys(tmp_path).log_master_id == "2"
    assert add_keys(tmp_path) == "3"


@pytest.mark.parametrize("kind", ["field", "log-master", "handle"])
def test_a_key_used_for_two_things_or_lost_is_refused(tmp_path: Path, kind: str) -> None:
    create_keys(tmp_path)
    add_keys(tmp_path)
    switch_keys(tmp_path)
    key = (tmp_path / f"{kind}-2.key").read_text()
    (tmp_path / f"{kind}-2.key").unlink()
    with pytest.raises(ImproperlyConfigured, match="is not there"):
        load_keys(tmp_path)
    (tmp_path / f"{kind}-2.key").write_text(key)
    (tmp_path / f"{kind}-3.key").write_text((tmp_path / "lookup.key").read_text())
    with pytest.raises(ImproperlyConfigured, match="the same"):
        load_keys(tmp_path)


# In a process of its own, on the same database.


@dataclass(frozen=True)
class Child:
    """`rotate_keys` in a process of its own, with the keys that this one has when it is started."""

    pid: int

    @classmethod
    def start(cls, *words: str, killed_after: int | None = None) -> "Child":
        """``killed_after``: kill -9 when so many values have been sealed anew, wherever that is."""
        connection.close()  # each process has its own
        pid = os.fork()
        if pid:
            return cls(pid)
        try:
            if killed_after is not None:
                die_after(killed_after)
            rekeying.BATCH = 3
            rotate(*words)
            os._exit(0)
        except BaseException:  # noqa: BLE001 (nothing of this process may go on as the test)
            os._exit(1)

    def has_ended(self) -> bool:
        return os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def code(self) -> int:
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def die_after(left: int) -> None:
    genuine = AESGCM

    class Counting:
        def __init__(self, key: bytes) -> None:
            self.decrypt, self._encrypt = genuine(key).decrypt, genuine(key).encrypt

        def encrypt(self, *words: Any) -> bytes:
            nonlocal left
            left -= 1
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return self._encrypt(*words)

    vars(encryption)["AESGCM"] = Counting


@pytest.fixture
def switched(transactional_db: None, settings: Any, folder: Path) -> Iterator[None]:
    """Two sets, the newer in use. The log's keys outlive the test: they go back to the key of all tests."""
    before = settings.KEYS
    fill()
    rotate("--new")
    rotate("--switch")
    settings.KEYS = after = load_keys(folder)
    yield
    settings.KEYS = replace(before, log_master_others={after.log_master_id: after.log_master})
    for period in log_keys.periods_on_older_keys():
        with transaction.atomic():
            log_keys.rewrap(period)
    log_keys._opened.clear()


def test_kill_at_any_point_loses_nothing(switched: None, settings: Any) -> None:
    """In the middle of a batch, of the second factors, of the log's keys; then once to the end."""
    before = {name: text for name, text in everything().items() if not name.startswith("event")}
    for killed_after in (0, 1, 2):
        assert Child.start(killed_after=killed_after).code() == -signal.SIGKILL
        assert everything().items() >= before.items()
    # A batch is three values: each of these gets one done, the last of them factors and the log's keys.
    killed = 0
    while (code := Child.start(killed_after=4).code()) == -signal.SIGKILL:
        killed += 1
        assert killed <= len(before)
        assert everything().items() >= before.items()
    assert (code, killed > 4) == (0, True)
    rotate("--check")
    settings.KEYS = without_older(settings.KEYS)
    assert everything().items() >= before.items()


def test_what_is_written_meanwhile_is_kept(switched: None, settings: Any) -> None:
    """This process still writes by the old key while the other rewrites: the latest text counts, and a second
    run, when this one has been restarted, leaves nothing on the old key."""
    user = User.objects.get(username="chef")
    files = list(ImportFile.objects.order_by("pk"))
    both = settings.KEYS
    child, turns = Child.start(), 0
    settings.KEYS = replace(both, field_current="2")
    while not child.has_ended() or turns < 3:
        turns += 1
        for one in files:
            one.content = f"turn {turns}"
            one.save()
        ImportFile.objects.create(sort="units", name=f"new {turns}", content="new", uploaded_by=user)
    assert child.code() == 0

    def told() -> set[str]:
        return {one.content for one in ImportFile.objects.filter(pk__in=[f.pk for f in files])}

    assert told() == {f"turn {turns}"}
    settings.KEYS = both
    rotate()
    rotate("--check")
    settings.KEYS = without_older(both)
    assert told() == {f"turn {turns}"}
    assert {one.content for one in ImportFile.objects.filter(sort="units")} == {"new"}
    assert ImportFile.objects.filter(sort="units").count() == turns
