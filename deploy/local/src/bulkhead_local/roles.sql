-- Roles and databases, once per server, by a superuser. Safe to run again: it sets the passwords anew.
--
-- A psql script. It reads from the environment BULKHEAD_OWNER_PASSWORD, BULKHEAD_APP_PASSWORD,
-- BULKHEAD_SEALER_PASSWORD, BULKHEAD_AUDITOR_PASSWORD and BULKHEAD_DATABASES (names, comma-separated).
--
-- owner: owns the schema and runs migrations. app: inserts facts. sealer: writes seals.
-- auditor: reads. None of them is a superuser, and none passes row-level security.
--
-- With BULKHEAD_MONITOR_PASSWORD there is a fifth one, monitor: it reads the server's statistics, such as how
-- far standbys are, and no table. Its address is CUSTOMER_MONITOR_DATABASE_URL or EXECUTION_...: metrics.
\getenv owner_password BULKHEAD_OWNER_PASSWORD
\getenv app_password BULKHEAD_APP_PASSWORD
\getenv sealer_password BULKHEAD_SEALER_PASSWORD
\getenv auditor_password BULKHEAD_AUDITOR_PASSWORD
\getenv databases BULKHEAD_DATABASES

SELECT format('CREATE ROLE %I', name)
FROM unnest(ARRAY['bulkhead_owner', 'bulkhead_app', 'bulkhead_sealer', 'bulkhead_auditor']) AS name
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \gexec

ALTER ROLE bulkhead_owner LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD :'owner_password';
ALTER ROLE bulkhead_app LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD :'app_password';
ALTER ROLE bulkhead_sealer LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD :'sealer_password';
ALTER ROLE bulkhead_auditor LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD :'auditor_password';
ALTER ROLE bulkhead_auditor SET default_transaction_read_only = on;

SELECT format('CREATE DATABASE %I OWNER bulkhead_owner', name)
FROM unnest(string_to_array(:'databases', ',')) AS name
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = name) \gexec

SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC', name)
FROM unnest(string_to_array(:'databases', ',')) AS name \gexec
SELECT format('GRANT CONNECT ON DATABASE %I TO bulkhead_app, bulkhead_sealer, bulkhead_auditor', name)
FROM unnest(string_to_array(:'databases', ',')) AS name \gexec

\getenv monitor_password BULKHEAD_MONITOR_PASSWORD
\if :{?monitor_password}
SELECT 'CREATE ROLE bulkhead_monitor'
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'bulkhead_monitor') \gexec
ALTER ROLE bulkhead_monitor LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD :'monitor_password';
ALTER ROLE bulkhead_monitor SET default_transaction_read_only = on;
GRANT pg_read_all_stats TO bulkhead_monitor;
SELECT format('GRANT CONNECT ON DATABASE %I TO bulkhead_monitor', name)
FROM unnest(string_to_array(:'databases', ',')) AS name \gexec
\endif
