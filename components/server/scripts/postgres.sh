#!/bin/bash
# Starts PostgreSQL on the data volume and makes the app's role and database.
# What is already there stays.
set -euo pipefail
root=${RUNG_ROOT:-}
# shellcheck source=/dev/null
. "$root/etc/rung/server.env"
data=$root/data/postgresql

if ! [ -e "$data/PG_VERSION" ]; then
  install -d -o postgres -g postgres -m 700 "$data"
  runuser -u postgres -- initdb -D "$data" --data-checksums --encoding=UTF8 --locale=C.UTF-8 \
    --auth-local=peer --auth-host=scram-sha-256
fi
if ! grep -q /etc/rung/postgresql.conf "$data/postgresql.conf"; then
  {
    echo "include_if_exists = '/etc/rung/postgresql.conf'"
    echo "include_if_exists = '/etc/rung/postgresql-access.conf'"
  } >>"$data/postgresql.conf"
fi
if ! grep -q "$RUNG_VPC_CIDR" "$data/pg_hba.conf"; then
  echo "host app app $RUNG_VPC_CIDR scram-sha-256" >>"$data/pg_hba.conf"
fi

systemctl enable --now postgresql
sql() { runuser -u postgres -- psql -tAc "$1"; }
[ "$(sql "SELECT 1 FROM pg_roles WHERE rolname = 'app'")" = 1 ] || runuser -u postgres -- createuser app
[ "$(sql "SELECT 1 FROM pg_database WHERE datname = 'app'")" = 1 ] || runuser -u postgres -- createdb -O app app
