"""Triggers that make the configuration's token anew in the transaction of any change to what it consists of.

In the database and not in the models, so that no way to write gets past them: bulk operations, ``update()``,
other programs, an administrator at a prompt. On PostgreSQL once a statement, on SQLite once a row.
"""

from django.db.backends.base.base import BaseDatabaseWrapper

# Everything that connectors.sources.read_configuration reads.
WATCHED = ("connectors_source", "connectors_expecteddelivery", "consent_careprovider", "consent_careunit")
NAME = "note_configuration"
SQLITE_CHANGES = ("insert", "update", "delete")

_POSTGRESQL = """
INSERT INTO connectors_configurationversion (id, token) VALUES (1, gen_random_uuid())
ON CONFLICT (id) DO UPDATE SET token = excluded.token
"""
_SQLITE = """
INSERT INTO connectors_configurationversion (id, token) VALUES (1, lower(hex(randomblob(16))))
ON CONFLICT (id) DO UPDATE SET token = excluded.token
"""


def watch(connection: BaseDatabaseWrapper) -> None:
    """Begin: a first token, and another with every change from now on."""
    _run(connection, _beginning(connection.vendor))


def watch_no_more(connection: BaseDatabaseWrapper) -> None:
    """For reversing the migration."""
    _run(connection, _end(connection.vendor))


def _beginning(vendor: str) -> list[str]:
    if vendor == "sqlite":
        triggers = [
            f"CREATE TRIGGER {table}_{NAME}_{change} AFTER {change} ON {table} BEGIN {_SQLITE}; END"
            for table in WATCHED
            for change in SQLITE_CHANGES
        ]
        return [_SQLITE, *triggers]
    function = f"""CREATE FUNCTION {NAME}() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN {_POSTGRESQL}; RETURN NULL; END $$"""
    triggers = [
        f"CREATE TRIGGER {NAME} AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}"
        f" FOR EACH STATEMENT EXECUTE FUNCTION {NAME}()"
        for table in WATCHED
    ]
    # Not for what replication or a restore writes: that brings the token of its own content along.
    return [_POSTGRESQL, function, *triggers]


def _end(vendor: str) -> list[str]:
    if vendor == "sqlite":
        return [f"DROP TRIGGER {table}_{NAME}_{change}" for table in WATCHED for change in SQLITE_CHANGES]
    return [*(f"DROP TRIGGER {NAME} ON {table}" for table in WATCHED), f"DROP FUNCTION {NAME}()"]


def _run(connection: BaseDatabaseWrapper, statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
