"""Where a run works: two servers that are there already, databases of our own in them, keys in a folder."""

import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

ROOT = Path(__file__).parents[1]
HOST = "portal.example"
# Who owns the access log and who the portal signs in as: it adds to the log and reads it, nothing else.
OWNER, RUNTIME = "bench_owner", "bench_runtime"


@dataclass(frozen=True, slots=True)
class Workplace:
    """``database_url`` names a database that may be connected to while others are made and dropped.
    ``template``: what those begin as; one that has its tables spares making them."""

    database_url: str
    redis_url: str
    folder: Path
    secret_key: str
    template: str = "template0"

    def url_of(self, database: str, role: str = "") -> str:
        """``role``: who signs in; the one of ``database_url`` where none is named."""
        parts = urlsplit(self.database_url)._replace(path=f"/{database}")
        return urlunsplit(parts._replace(netloc=f"{role}@") if role else parts)

    def environment(self, database: str, role: str = "") -> dict[str, str]:
        """What a process of the product is started with; nothing of ours leaks in but where programs are."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return {
            **kept,
            "DJANGO_SETTINGS_MODULE": "bench.settings",
            "DATABASE_URL": self.url_of(database, role),
            "REDIS_URL": self.redis_url,
            "SECRET_KEY": self.secret_key,
            "KEYS_DIR": str(self.folder / "keys"),
            "STATIC_ROOT": str(self.folder / "static"),
            "LOG_SINK_DIR": str(self.sink_of(database)),
            "ALLOWED_HOSTS": HOST,
            "PYTHONUNBUFFERED": "1",
        }

    def sink_of(self, database: str) -> Path:
        """The log's second place. Each database has its own: beside another's it would pass for a backup that
        was restored."""
        folder = self.folder / "log-sinks" / database
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def manage(self, database: str, *words: str) -> None:
        """Run manage.py. Raises RuntimeError with its own words where it fails."""
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env=self.environment(database),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise RuntimeError(f"manage.py {' '.join(words)}\n{done.stdout}{done.stderr}")

    @contextmanager
    def database(self, name: str, template: str = "") -> Iterator[str]:
        """A database while it is needed; yields its whole name, which no other run has."""
        whole = f"bench_{os.getpid()}_{name}"
        with psycopg.connect(self.database_url, autocommit=True) as server:
            create = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
            server.execute(create.format(sql.Identifier(whole), sql.Identifier(template or self.template)))
        try:
            yield whole
        finally:
            with psycopg.connect(self.database_url, autocommit=True) as server:
                drop = sql.SQL("DROP DATABASE {} WITH (FORCE)")
                server.execute(drop.format(sql.Identifier(whole)))


@contextmanager
def make_workplace(database_url: str, redis_url: str, template: str = "template0") -> Iterator[Workplace]:
    """A folder with fresh keys, gone afterwards."""
    from portal.settings.keys import create_keys

    with tempfile.TemporaryDirectory(prefix="portal-bench-") as name:
        folder = Path(name)
        create_keys(folder / "keys")
        yield Workplace(database_url, redis_url, folder, secrets.token_urlsafe(50), template)
