"""One web process that also notes, in order, each statement it sends and each piece of a page that leaves.

``GET /noted`` gives the notes of the overview before it. Run by bench.statements, never by hand.
"""

import argparse
import json
import re
from typing import Any

import psycopg
import uvicorn

noted: list[str] = []
STATEMENT, TRIP, BYTES = "statement", "trip", "bytes"
_TABLE = re.compile(r'\b(?:FROM|INTO|UPDATE)\s+"?(\w+)')


def note_statement(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
    """As Django sends it; marks of transactions and health checks do not pass here."""
    noted.append(f"{STATEMENT} {name_of(str(sql))}")
    return execute(sql, params, many, context)


def name_of(sql: str) -> str:
    """What it does to which table: ``SELECT consent_dossier``; for several tables the first one."""
    table = _TABLE.search(sql)
    return f"{sql.lstrip('( ').split(maxsplit=1)[0]} {table[1] if table else ''}".strip()


def note_new_connection(connection: Any, **_: Any) -> None:
    connection.execute_wrappers.append(note_statement)


def note_trips() -> None:
    """Every wait for the database is a journey there and back, whatever it was for."""
    wait = psycopg.Connection.wait

    def waited(self: Any, *args: Any, **kwargs: Any) -> Any:
        noted.append(TRIP)
        return wait(self, *args, **kwargs)

    psycopg.Connection.wait = waited  # type: ignore[method-assign]


def noting(portal: Any) -> Any:
    """The portal, with what leaves it noted."""

    async def application(scope: Any, receive: Any, send: Any) -> None:
        async def note_and_send(message: Any) -> None:
            if message["type"] == "http.response.body" and message.get("body"):
                noted.append(BYTES)
            await send(message)

        if scope["type"] == "http" and scope["path"] == "/noted":
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": json.dumps(noted).encode()})
            return
        noted.clear()
        await portal(scope, receive, note_and_send)

    return application


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    port = parser.parse_args().port
    from django.db.backends.signals import connection_created

    from portal.asgi import application

    connection_created.connect(note_new_connection)
    note_trips()
    options: Any = {"log_config": None, "access_log": False, "lifespan": "off"}
    uvicorn.run(noting(application), host="127.0.0.1", port=port, **options)


if __name__ == "__main__":
    main()
