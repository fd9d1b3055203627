#!/bin/sh
# Run once, when the database is made: the role that the portal signs in as. What it may do with the access log
# is for secure_access_log to say (docs/access-log.md).
set -eu
psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
    --set password="$(cat /run/secrets/portal_password)" <<'SQL'
CREATE ROLE portal LOGIN PASSWORD :'password';
SQL
