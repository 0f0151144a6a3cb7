#!/bin/sh
# Roles and database of a stack, on the first start of its PostgreSQL. Passwords come from files.
set -eu
password() { cat "/run/secrets/$1_password"; }
BULKHEAD_OWNER_PASSWORD="$(password owner)" BULKHEAD_APP_PASSWORD="$(password app)" \
BULKHEAD_SEALER_PASSWORD="$(password sealer)" BULKHEAD_AUDITOR_PASSWORD="$(password auditor)" \
BULKHEAD_DATABASES="$(cat /run/secrets/database)" \
    psql -X -q -v ON_ERROR_STOP=1 -U postgres -d postgres -f /usr/share/bulkhead/roles.sql
