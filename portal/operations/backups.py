"""A backup of the database as one folder, and a restore of it that opens nothing (ADR 17, ADR 58).

Keys are not in it: without KEYS_DIR nobody can read what is encrypted, with it anybody can. They are kept
elsewhere, and so is the second place of the log, which is what a restore is judged by.
"""

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from consent.accesslog.model import LogCheckpoint
from consent.epochs import current_epoch

FORMAT = 1
DUMP, MANIFEST = "database.dump", "manifest.json"


class BackupFailed(Exception):
    """Why, in a sentence for whoever ran the command."""


@dataclass(frozen=True, slots=True)
class Made:
    folder: Path
    told: dict[str, Any]


def back_up(folder: Path) -> Made:
    """Into a new folder, readable by its owner alone. One moment of the database. Raises BackupFailed."""
    _need_postgresql()
    try:
        folder.mkdir(mode=0o700, parents=True)
    except FileExistsError:
        raise BackupFailed(f"{folder} is there already. Name a new folder.") from None
    # Looked at before the dump: what it has by now, the dump has too.
    checkpoint = LogCheckpoint.objects.order_by("-number").values_list("number", flat=True).first()
    told = {
        "format": FORMAT,
        "begun_at": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "postgresql": _server_version(),
        "migrations": _migrations(),
        "epoch": current_epoch(),
        "checkpoint": checkpoint or 0,
    }
    _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={folder / DUMP}")
    told["sha256"], told["bytes"] = _hash(folder / DUMP), (folder / DUMP).stat().st_size
    # Last, and whole: a folder without it is a backup that was not finished.
    _write_through(folder / MANIFEST, json.dumps(told, indent=1) + "\n")
    return Made(folder, told)


def read_manifest(folder: Path) -> dict[str, Any]:
    """Of a backup that is whole. Raises BackupFailed."""
    try:
        told: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise BackupFailed(f"{folder} holds no finished backup: {MANIFEST} is missing or broken.") from None
    if told.get("format") != FORMAT:
        raise BackupFailed(f"{folder} was written in another format than {FORMAT}.")
    if not (folder / DUMP).is_file() or _hash(folder / DUMP) != told.get("sha256"):
        raise BackupFailed(f"{folder / DUMP} is not what was written: its hash differs. Use another backup.")
    return told


def restore(folder: Path) -> dict[str, Any]:
    """Into an empty database, all of it or nothing. What then counts, epochs decide. Raises BackupFailed."""
    _need_postgresql()
    told = read_manifest(folder)
    if connection.introspection.table_names():
        raise BackupFailed("The database is not empty. Make a new one, and let DATABASE_URL name it.")
    unknown = set(told["migrations"]) - _known_migrations()
    if unknown:
        words = f"The backup is of a later release (it knows {min(unknown)}). Install that release first."
        raise BackupFailed(words)
    connection.close()
    options = ("--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction")
    _run("pg_restore", *options, f"--dbname={connection.settings_dict['NAME']}", str(folder / DUMP))
    return told


def _need_postgresql() -> None:
    if connection.vendor != "postgresql":
        raise BackupFailed("Only PostgreSQL is backed up so. Stop `make run` and copy its DATA_DIR.")


def _run(program: str, *words: str) -> None:
    """One of PostgreSQL's own, on the portal's database. The password travels in the environment."""
    where = shutil.which(program) or _beside_the_server(program)
    if where is None:
        raise BackupFailed(f"{program} is missing: install postgresql-client.")
    done = subprocess.run([where, *words], env=_environment(), capture_output=True, text=True, check=False)
    if done.returncode != 0:
        last = done.stderr.strip().splitlines()[-1:] or ["it said nothing"]
        raise BackupFailed(f"{program} failed: {last[0][:200]}")


def _beside_the_server(program: str) -> str | None:
    """Debian keeps them off the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"), key=lambda p: int(p.parts[-3]))
    return str(found[-1]) if found else None


def _environment() -> Mapping[str, str]:
    settings = connection.settings_dict
    options: Mapping[str, str] = settings["OPTIONS"]
    names = {
        "PGHOST": settings["HOST"],
        "PGPORT": settings["PORT"],
        "PGUSER": settings["USER"],
        "PGPASSWORD": settings["PASSWORD"],
        "PGDATABASE": settings["NAME"],
        **{f"PG{key.upper()}": str(options[key]) for key in ("sslmode", "sslrootcert") if key in options},
        **({"PGPASSFILE": str(options["passfile"])} if "passfile" in options else {}),
    }
    return {**os.environ, **{name: str(value) for name, value in names.items() if value}}


def _server_version() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        return str(cursor.fetchone()[0])


def _migrations() -> list[str]:
    return sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations())


def _known_migrations() -> set[str]:
    from django.db.migrations.loader import MigrationLoader

    return {f"{app}.{name}" for app, name in MigrationLoader(None, ignore_no_migrations=True).disk_migrations}


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write_through(path: Path, text: str) -> None:
    with path.open("x", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
