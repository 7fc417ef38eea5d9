#!/bin/sh
# Make the accounts and the two databases, as PostgreSQL's own superuser: once, on an empty server.
# Takes GUIDE_PASSWORD, CONSOLE_PASSWORD and CONSOLE_READS_PASSWORD from the environment; tests/deployment runs it.
set -eu
: "${GUIDE_PASSWORD:?}" "${CONSOLE_PASSWORD:?}" "${CONSOLE_READS_PASSWORD:?}"

psql --quiet --no-psqlrc --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres <<'SQL'
\getenv guide_password GUIDE_PASSWORD
\getenv console_password CONSOLE_PASSWORD
\getenv reads_password CONSOLE_READS_PASSWORD
CREATE ROLE guide LOGIN PASSWORD :'guide_password';
CREATE ROLE console LOGIN PASSWORD :'console_password';
CREATE ROLE console_reads LOGIN PASSWORD :'reads_password';
CREATE DATABASE guide OWNER guide ENCODING 'UTF8' TEMPLATE template0;
CREATE DATABASE console OWNER console ENCODING 'UTF8' TEMPLATE template0;
REVOKE ALL ON DATABASE guide FROM PUBLIC;
REVOKE ALL ON DATABASE console FROM PUBLIC;
GRANT CONNECT ON DATABASE guide TO console_reads;
\connect guide
-- The guide makes its tables itself, later; the console's account may read them and do nothing else.
ALTER SCHEMA public OWNER TO guide;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO console_reads;
ALTER DEFAULT PRIVILEGES FOR ROLE guide IN SCHEMA public GRANT SELECT ON TABLES TO console_reads;
\connect console
ALTER SCHEMA public OWNER TO console;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
SQL
