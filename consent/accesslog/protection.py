"""Who may do what with the log on PostgreSQL: an owner whom nobody can sign in as, and the portal's own role,
which adds and reads and nothing else. Partitions made later belong to the same owner and take the same grants
from their parent, since the portal never touches a partition by name."""

from collections.abc import Iterator

from django.db import connection
from psycopg import sql

from consent.accesslog.sealed_table import CHECKPOINTS
from consent.accesslog.table import TABLE
from consent.accesslog.write import COLUMNS

KEYS = "consent_logkey"
SEQUENCE = f"{TABLE}_seq"
FUNCTIONS = (f"{TABLE}_refuse()", f"{TABLE}_extend(date)")
# Number, time and transaction of a row are the database's to set, not the portal's.
ADDED = {
    TABLE: COLUMNS,
    CHECKPOINTS: ["number", "at", "body", "signature"],
    KEYS: ["period", "data_key", "hash_key"],
}
IDLE_IN_TRANSACTION = "5s"


class UnsafeRole(Exception):
    """A role that would go past what is granted here, and why."""


def statements(owner: str, runtime: str) -> Iterator[sql.Composed]:
    """What a superuser runs, as often as there are migrations. Raises UnsafeRole.

    The role that runs migrations becomes a member of the owner; the portal's must not be one.
    """
    _refuse_unsafe(owner, runtime)
    names = {"owner": sql.Identifier(owner), "runtime": sql.Identifier(runtime)}
    for role, can_sign_in in ((owner, "NOLOGIN"), (runtime, "LOGIN")):
        if not _ask("SELECT 1 FROM pg_roles WHERE rolname = %s", role):
            yield sql.SQL("CREATE ROLE {} {}").format(sql.Identifier(role), sql.SQL(can_sign_in))
    yield sql.SQL("ALTER ROLE {owner} NOLOGIN").format(**names)
    yield sql.SQL("GRANT {owner} TO CURRENT_USER").format(**names)
    yield sql.SQL(
        f"ALTER ROLE {{runtime}} SET idle_in_transaction_session_timeout = '{IDLE_IN_TRANSACTION}'"
    ).format(**names)
    schema = sql.Identifier(_ask("SELECT current_schema()")[0][0])
    yield sql.SQL("REVOKE CREATE ON SCHEMA {} FROM PUBLIC, {}").format(schema, names["runtime"])
    yield sql.SQL("GRANT USAGE, CREATE ON SCHEMA {} TO {}").format(schema, names["owner"])
    yield sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(schema, names["runtime"])
    yield from _log_statements(names)
    yield from _other_statements(names)


def weaknesses() -> list[str]:
    """Why whoever is signed in to the database could change the log; empty where they cannot."""
    if connection.vendor != "postgresql":
        return []
    if not _ask("SELECT 1 WHERE to_regclass(%s) IS NOT NULL", CHECKPOINTS):
        return []
    found = [
        f"the role {user} is a superuser"
        for (user,) in _ask("SELECT rolname FROM pg_roles WHERE rolname = current_user AND rolsuper")
    ]
    tables = [*log_tables(), KEYS]
    for table in [] if found else tables:
        rights = _ask(
            "SELECT right_name FROM unnest(ARRAY['UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER']) right_name"
            " WHERE has_table_privilege(%s, right_name)",
            table,
        )
        found += [f"the portal's role has {right} on {table}" for (right,) in rights]
        owned = _ask(
            "SELECT 1 FROM pg_class WHERE oid = %s::regclass AND pg_has_role(relowner, 'MEMBER')", table
        )
        found += [f"the portal's role owns {table}"] * len(owned)
    is_superuser = any("superuser" in words for words in found)
    if not is_superuser and _ask("SELECT 1 WHERE has_column_privilege(%s, 'xact', 'INSERT')", TABLE):
        found.append("the portal's role may choose the number, time and transaction of a row")
    for table in tables[:-1]:
        firing = _ask(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND tgenabled = 'A'"
            " AND tgname IN ('refuse_change', 'refuse_truncate')",
            table,
        )
        is_parent = table == TABLE
        found += [f"a trigger of {table} is missing or off"] * (not is_parent and len(firing) < 2)
    return found


def log_tables() -> list[str]:
    """The log, its partitions and the checkpoints."""
    parts = _ask("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = %s::regclass", TABLE)
    return [TABLE, *sorted(name for (name,) in parts), CHECKPOINTS]


def _log_statements(names: dict[str, sql.Identifier]) -> Iterator[sql.Composed]:
    for table in [*log_tables(), KEYS]:
        name = sql.SQL(table)  # as the catalogue quotes it
        yield sql.SQL("ALTER TABLE {} OWNER TO {owner}").format(name, **names)
        yield sql.SQL("REVOKE ALL ON {} FROM PUBLIC, {runtime}").format(name, **names)
    for table, columns in ADDED.items():
        yield sql.SQL("GRANT SELECT, INSERT ({}) ON {} TO {runtime}").format(
            sql.SQL(", ").join(map(sql.Identifier, columns)), sql.Identifier(table), **names
        )
    for function in FUNCTIONS:
        name = sql.SQL(function)  # one of ours, with its arguments
        yield sql.SQL("ALTER FUNCTION {} OWNER TO {owner}").format(name, **names)
        yield sql.SQL("REVOKE ALL ON FUNCTION {} FROM PUBLIC, {runtime}").format(name, **names)
    yield sql.SQL("GRANT EXECUTE ON FUNCTION {} TO {runtime}").format(sql.SQL(FUNCTIONS[1]), **names)
    yield sql.SQL("REVOKE ALL ON SEQUENCE {} FROM PUBLIC, {runtime}").format(sql.SQL(SEQUENCE), **names)
    yield sql.SQL("GRANT USAGE ON SEQUENCE {} TO {runtime}").format(sql.SQL(SEQUENCE), **names)


def _other_statements(names: dict[str, sql.Identifier]) -> Iterator[sql.Composed]:
    """Everything else the portal reads and writes as before, but for the record of migrations."""
    kept = {*log_tables(), KEYS}
    for (table,) in _ask("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = current_schema()"):
        if table not in kept:
            rights = "SELECT" if table == "django_migrations" else "SELECT, INSERT, UPDATE, DELETE"
            yield sql.SQL(f"GRANT {rights} ON {{}} TO {{runtime}}").format(sql.SQL(table), **names)
    for (sequence,) in _ask(
        "SELECT quote_ident(sequencename) FROM pg_sequences WHERE schemaname = current_schema()"
    ):
        if sequence != SEQUENCE:
            yield sql.SQL("GRANT USAGE ON SEQUENCE {} TO {runtime}").format(sql.SQL(sequence), **names)


def _refuse_unsafe(owner: str, runtime: str) -> None:
    if owner == runtime:
        raise UnsafeRole("the owner and the portal's role must be two")
    for role in (owner, runtime):
        if _ask("SELECT 1 WHERE current_user = %s", role):
            raise UnsafeRole(f"{role} runs this command; it needs a third role, one that may create roles")
    found = _ask(
        "SELECT rolsuper, rolcreaterole, rolbypassrls, rolreplication FROM pg_roles WHERE rolname = %s",
        runtime,
    )
    if found and any(found[0]):
        raise UnsafeRole(
            f"{runtime} may do more than a portal needs: superuser, roles, row security, replication"
        )
    going_past = (
        "SELECT rolname FROM pg_roles WHERE pg_has_role(%s, oid, 'MEMBER') AND rolname <> %s"
        " AND (rolsuper OR rolname IN (%s, current_user, 'pg_write_all_data'))"
    )
    for (role,) in _ask(going_past, runtime, runtime, owner) if found else []:
        raise UnsafeRole(f"{runtime} is a member of {role}")


def _ask(question: str, *values: str) -> list[tuple[str, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(question, values or None)
        return list(cursor.fetchall())
