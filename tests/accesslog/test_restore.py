"""A restored backup shows by itself, opens nothing that was given before it, and forgets no revocation."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.backends.signals import connection_created

from consent import consenting, epochs, recording
from consent.accesslog.events import REVOKING_EVENTS, Action, Event
from consent.accesslog.model import AccessEvent, LogCheckpoint
from consent.accesslog.verifying import INCOMPLETE, INTACT, TAMPERED
from consent.accesslog.write import Entry, write
from consent.administering import Clerk, Ending, stop_act
from consent.epochs import current_epoch, notice_restore
from consent.facts import Obstacle
from consent.models import (
    Block,
    CareRelation,
    Consent,
    ConsentRefusal,
    Dossier,
    EmergencyOpening,
    LogEpoch,
    SipConsent,
)
from consent.release import NotReleased, Shown, release_now
from consent.replaying import RECORDS, STOPS
from consent.terms import Basis, Permit, PersonId
from consent.vocabulary import Kind, Purpose, Right
from tests.accesslog import databases
from tests.accesslog.conftest import Log, first_bad
from tests.accesslog.tampering import disarm, run
from tests.accesslog.writing import write_rows
from tests.consent.doings import TRACE, ask, by, make_organisations
from tests.consent.examples import AKUTEN, GUNHILD, HEMSJUKVARD, NURSE, VARD, origin, other

pytestmark = [pytest.mark.sqlite]
YARA, AGDA, STEN = PersonId("199710232381"), PersonId("189002149806"), PersonId("189108119810")
ALL = (GUNHILD, YARA, AGDA)


@pytest.fixture
def consents(access_log: Log) -> Log:
    """Three patients who consented, sealed."""
    make_organisations()
    for patient in ALL:
        recording.confirm_relation(by(patient=patient))
        consenting.give_consent(by(patient=patient))
    access_log.seal()
    return access_log


def opens(patient: PersonId) -> bool:
    """Whether another owner's information is open, asked through the gate."""
    return isinstance(ask(patient=patient).decisions[other(VARD)], Basis)


def backup(log: Log, place: Path) -> Callable[[], None]:
    """The database as it is; returns what puts that back in its place, under connections that were closed."""
    if connection.vendor == "sqlite":
        copy = databases.make(place, template=closed(log))
        return lambda: databases.copy_sqlite(copy, closed(log))
    kept = databases.snapshot(log.database)
    return lambda: databases.put_back(closed(log), kept)


def closed(log: Log) -> str:
    connection.close()
    return log.database


def revoke_some() -> None:
    consenting.end_consent(by(), "patienten återkallar")
    consenting.refuse_consent(by(patient=YARA))


@pytest.fixture
def restored(consents: Log, tmp_path) -> Log:
    """One patient took her consent back, one said no; then yesterday's database came back."""
    restore = backup(consents, tmp_path)
    revoke_some()
    consents.seal()
    assert [opens(patient) for patient in ALL] == [False, False, True]
    restore()
    return consents


def test_after_a_restore_no_earlier_consent_counts_from_the_first_question_on(restored):
    assert [opens(patient) for patient in ALL] == [False, False, False]
    newest = LogEpoch.objects.get(number=2)
    assert (newest.started_by, newest.replayed_at) == ("auto", None)
    started = AccessEvent.objects.get(event="epoch_started")
    assert started.detail == {"epoch": 2}


def test_without_looking_the_restored_consent_would_count_again(restored):
    """The control: it is the look at each new connection that keeps it from doing so."""
    connection_created.disconnect(dispatch_uid="consent.epochs")
    try:
        assert [opens(patient) for patient in ALL] == [True, True, True]
    finally:
        connection_created.connect(epochs.look_at_new_connection, dispatch_uid="consent.epochs")


def test_replay_takes_back_what_was_taken_back_and_the_rest_counts_again(restored):
    call_command("replay_revocations", restored.folder, by="SE-DRIFT")
    assert [opens(patient) for patient in ALL] == [False, False, True]
    ended = Consent.objects.exclude(ended_at=None).get()
    assert (ended.ended_by, ended.end_reason) == ("journal", "återläst efter återställning")
    assert ended.ended_at is not None
    assert ended.ended_at < LogEpoch.objects.get(number=2).started_at
    assert ConsentRefusal.objects.count() == 1
    assert LogEpoch.objects.get(number=2).replayed_at is not None
    row = AccessEvent.objects.get(event="record_replayed")
    assert (row.user_hsa_id, row.detail["lines"], row.detail["epochs"]) == ("SE-DRIFT", 2, [2])


def test_replaying_again_changes_nothing(restored):
    call_command("replay_revocations", restored.folder)
    before = list(Consent.objects.order_by("pk").values())
    call_command("replay_revocations", restored.folder)
    assert list(Consent.objects.order_by("pk").values()) == before
    assert ConsentRefusal.objects.count() == 1


def test_patient_who_stands_by_her_consent_need_not_wait_for_a_replay(restored):
    assert not opens(AGDA)
    consenting.reconfirm_consent(by(patient=AGDA))
    assert opens(AGDA)


def test_view_opened_before_the_restore_shows_nothing_more(consents, tmp_path):
    permit = ask(patient=AGDA).permit
    assert permit is not None
    restore = backup(consents, tmp_path)
    consenting.end_consent(by(), "patienten återkallar")
    consents.seal()
    restore()
    with pytest.raises(NotReleased):
        show(permit)


def show(permit: Permit) -> None:
    shown = Shown([(origin(HEMSJUKVARD), Kind.HOME_CARE)], {"viva-hsl": "answered"})
    release_now(permit, shown, Action.OVERVIEW, TRACE)


def test_epoch_is_begun_once_and_its_first_checkpoint_says_what_was_lost(restored):
    last = restored.sink.last()
    for _ in range(3):
        connection.close()
        restored.seal()
    assert current_epoch() == 2
    first = [
        json.loads(body) for body in LogCheckpoint.objects.order_by("number").values_list("body", flat=True)
    ]
    assert [said["lost"][:2] for said in first if said["lost"]] == [[2, last.said["number"]]]
    assert [said["number"] for said in first] == [1, last.said["number"] + 1]
    assert restored.sink.last().said["number"] == last.said["number"] + 1


def test_verifier_tells_a_loss_that_was_declared_until_somebody_accepts_it(restored):
    found = restored.verify()
    assert (found.code, first_bad(found)) == (TAMPERED, 2)
    restored.seal()
    found = restored.verify()
    assert found.code == INCOMPLETE
    assert "batch 2: lost, up to 2, before epoch 2 began" in str(found)
    assert restored.verify(accepted=[(2, 2)]).code == INTACT


def test_second_restore_replays_what_both_lost(consents, tmp_path):
    restore_first = backup(consents, tmp_path)
    consenting.end_consent(by(), "patienten återkallar")
    consents.seal()
    restore_first()
    consents.seal()
    restore_second = backup(consents, tmp_path)
    consenting.refuse_consent(by(patient=YARA))
    consents.seal()
    restore_second()
    assert [opens(patient) for patient in ALL] == [False, False, False]
    consents.seal()
    call_command("replay_revocations", consents.folder)
    assert [opens(patient) for patient in ALL] == [False, False, True]
    consents.seal()
    assert consents.verify(accepted=[(2, 2), (4, 4)]).code == INTACT


def test_log_whose_tail_is_cut_off_is_met_like_a_restore(consents):
    write_rows(3)
    consents.seal()
    disarm()
    run("DELETE FROM consent_accessevent WHERE seq > 6")
    run("DELETE FROM consent_logcheckpoint WHERE number > 1")
    consents.seal()
    assert current_epoch() == 2
    assert not opens(AGDA)


def test_emptied_database_is_met_like_a_restore(consents, tmp_path, migrated):
    connection.close()
    fresh = databases.make(tmp_path, template=migrated)
    with databases.using(fresh):
        assert notice_restore() is None  # the look at the new connection came first
        assert current_epoch() == 2
        consents.seal()
        assert LogCheckpoint.objects.get().number == 2
    databases.remove(fresh)


def test_restore_while_the_second_place_is_away_is_noticed_when_it_is_back(consents, tmp_path):
    restore = backup(consents, tmp_path)
    revoke_some()
    consents.seal()
    restore()
    away = consents.folder.rename(tmp_path / "away")
    write_rows(2)
    consents.seal()
    assert current_epoch() == 1
    away.rename(consents.folder)
    consents.seal()
    assert current_epoch() == 2
    assert [opens(patient) for patient in ALL] == [False, False, False]
    call_command("replay_revocations", consents.folder)
    assert [opens(patient) for patient in ALL] == [False, False, True]
    consents.seal()
    assert consents.verify(accepted=[(2, 2)]).code == INTACT


def test_epoch_that_somebody_begins_needs_no_loss(consents):
    call_command("start_epoch", reason="övning", by="SE-DRIFT")
    assert [opens(patient) for patient in ALL] == [False, False, False]
    assert LogEpoch.objects.get(number=2).started_by == "SE-DRIFT"
    consents.seal()
    call_command("replay_revocations", consents.folder)
    assert [opens(patient) for patient in ALL] == [True, True, True]
    consents.seal()
    assert consents.verify().code == INTACT


def test_healthy_log_begins_no_epoch(consents):
    for _ in range(3):
        connection.close()
        write_rows(1)
        consents.seal()
    assert current_epoch() == 1


# Replaying. ----------------------------------------------------------------------------------------


def test_every_revoking_event_can_be_replayed():
    assert STOPS.keys() | RECORDS == REVOKING_EVENTS


def test_relation_that_ended_ends_again_with_the_consents_that_hung_on_it(consents, tmp_path):
    restore = backup(consents, tmp_path)
    consenting.end_relation(by(), "flyttat")
    consents.seal()
    restore()
    call_command("replay_revocations", consents.folder)
    assert ask().permit is None
    assert Consent.objects.exclude(ended_at=None).count() == 1


def test_annulled_consent_is_annulled_again(consents, tmp_path):
    restore = backup(consents, tmp_path)
    consenting.annul_consent(by(), "fel patient")
    consents.seal()
    restore()
    call_command("replay_revocations", consents.folder)
    assert Consent.objects.get(annulled_by="journal").ended_at is None


@pytest.mark.parametrize(("how", "column"), [(Ending.END, "ended_at"), (Ending.ANNUL, "annulled_at")])
def test_what_the_administration_stopped_stops_again_as_it_did_and_nothing_else(
    consents, tmp_path, how, column
):
    clerk = replace(NURSE, purpose=Purpose.ADMINISTRATION, rights=frozenset({Right.ADMINISTER_CONSENTS}))
    one, other_one = (
        CareRelation.objects.filter(dossier=Consent.objects.order_by("recorded_at")[0].dossier)[0],
        None,
    )
    other_one = CareRelation.objects.create(
        **{
            name: getattr(one, name)
            for name in ("dossier", "provider_id", "unit_id", "recorded_by", "ground")
        }
    )
    restore = backup(consents, tmp_path)
    stop_act(Clerk(clerk, TRACE), CareRelation, one.pk, how, "fel patient")
    consents.seal()
    restore()
    call_command("replay_revocations", consents.folder)
    one.refresh_from_db()
    other_one.refresh_from_db()
    assert getattr(one, column) is not None
    assert (other_one.ended_at, other_one.annulled_at) == (None, None)


def test_end_of_a_sip_consent_is_replayed_though_it_names_none(consents, tmp_path):
    consenting.give_sip_consent(by())
    restore = backup(consents, tmp_path)
    consenting.end_sip_consent(by(), "patienten återkallar")
    consents.seal()
    restore()
    call_command("replay_revocations", consents.folder)
    assert SipConsent.objects.get().ended_by == "journal"
    assert not Consent.objects.exclude(ended_at=None).exists()


def test_openings_of_a_reader_do_not_come_back(consents, tmp_path):
    recording.declare_emergency(by(patient=AGDA), Obstacle.UNCONSCIOUS)
    restore = backup(consents, tmp_path)
    write_rows(1)
    consents.seal()
    restore()
    call_command("replay_revocations", consents.folder)
    assert EmergencyOpening.objects.get().ended_by == "journal"


def test_block_is_recorded_again_as_far_as_it_reached(consents, tmp_path):
    restore = backup(consents, tmp_path)
    dossier = Dossier.objects.order_by("opened_at")[0]
    detail = {"dossier": str(dossier.pk), "act": "8b6f2f8e-0b0a-4b9e-9f43-5f0f2f1b7a10", "kind": "outer"}
    detail |= {"provider": VARD.hsa_id, "unit": HEMSJUKVARD.hsa_id, "first_day": "2026-01-01"}
    write(Entry(Event.BLOCK_RECORDED, NURSE, TRACE, patient=GUNHILD, detail=detail))
    consents.seal()
    restore()
    call_command("replay_revocations", consents.folder)
    block = Block.objects.get()
    assert (str(block.pk), block.kind, str(block.first_day)) == (detail["act"], "outer", "2026-01-01")
    assert (block.provider_id, block.unit_id) == (VARD.hsa_id, HEMSJUKVARD.hsa_id)


def test_block_of_unknown_extent_comes_back_at_its_widest(consents, tmp_path):
    restore = backup(consents, tmp_path)
    dossier = Dossier.objects.order_by("opened_at")[0]
    detail = {"dossier": str(dossier.pk), "act": "8b6f2f8e-0b0a-4b9e-9f43-5f0f2f1b7a10"}
    write(Entry(Event.BLOCK_RECORDED, NURSE, TRACE, patient=GUNHILD, detail=detail))
    consents.seal()
    restore()
    call_command("replay_revocations", consents.folder)
    assert sorted(Block.objects.values_list("kind", "first_day", "unit_id")) == [
        ("inner", None, AKUTEN.hsa_id),
        ("outer", None, AKUTEN.hsa_id),
    ]


def test_block_on_a_patient_unknown_to_the_backup_stops_the_replay_until_it_is_accepted(consents, tmp_path):
    restore = backup(consents, tmp_path)
    revoke_some()
    ask(patient=STEN)
    dossier = Dossier.objects.order_by("-opened_at")[0]
    detail = {"dossier": str(dossier.pk), "act": "8b6f2f8e-0b0a-4b9e-9f43-5f0f2f1b7a10"}
    write(Entry(Event.BLOCK_RECORDED, NURSE, TRACE, patient=STEN, detail=detail))
    consents.seal()
    restore()
    with pytest.raises(CommandError, match="does not know") as refused:
        call_command("replay_revocations", consents.folder)
    assert refused.value.returncode == 2
    assert not Consent.objects.exclude(ended_at=None).exists()
    assert not opens(AGDA)
    call_command("replay_revocations", consents.folder, accept_unknown=True)
    assert [opens(patient) for patient in ALL] == [False, False, True]


# A second place that is not whole. -----------------------------------------------------------------


def spoil_checkpoint(folder: Path) -> str:
    file = next(folder.glob("checkpoints-*"))
    lines = file.read_text().splitlines(keepends=True)
    file.write_text("".join(lines[:1] + lines[2:]))
    return "is not in the second place"


def spoil_journal(folder: Path) -> str:
    file = next(folder.glob("revocations-*"))
    file.write_text(file.read_text().replace("consent_ended", "consent_given"))
    return "not those that were sealed"


def shorten_journal(folder: Path) -> str:
    file = next(folder.glob("revocations-*"))
    file.write_text("".join(file.read_text().splitlines(keepends=True)[1:]))
    return "not those that were sealed"


def sign_wrongly(folder: Path) -> str:
    file = next(folder.glob("checkpoints-*"))
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    lines[1]["signature"] = lines[0]["signature"]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return "not signed"


def empty(folder: Path) -> str:
    for file in folder.iterdir():
        file.unlink()
    return "no checkpoint"


@pytest.mark.parametrize("spoil", [spoil_checkpoint, spoil_journal, shorten_journal, sign_wrongly, empty])
def test_replay_from_a_second_place_that_is_not_whole_is_refused(consents, tmp_path, spoil):
    restore = backup(consents, tmp_path)
    revoke_some()
    consents.seal()
    write_rows(1)
    consents.seal()
    restore()
    assert not opens(AGDA)
    words = spoil(consents.folder)
    with pytest.raises(CommandError, match=words) as refused:
        call_command("replay_revocations", consents.folder)
    assert refused.value.returncode == 2
    assert not opens(AGDA)
    assert not Consent.objects.exclude(ended_at=None).exists()


def test_replay_from_nowhere_is_refused(consents, tmp_path):
    with pytest.raises(CommandError):
        call_command("replay_revocations", tmp_path / "nowhere")


def test_journal_names_nobody(consents):
    revoke_some()
    consents.seal()
    text = "".join(path.read_text() for path in consents.folder.iterdir())
    said = [json.loads(line) for line in consents.sink.revocations()]
    assert [line["event"] for line in said] == ["consent_ended", "consent_refused"]
    assert {key for line in said for key in line} == {
        *("acts", "at", "checkpoint", "dossier", "event", "provider", "reach", "seq", "unit"),
    }
    for person in ALL:
        assert person.number not in text
        assert person.number[2:] not in text
    assert NURSE.hsa_id not in text
