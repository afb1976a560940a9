#!/bin/bash
# Opens PostgreSQL to the network while the parameter names a secret for it: in
# the handover to a database of its own. Closed again when the name is gone.
set -euo pipefail
root=${RUNG_ROOT:-}
# shellcheck source=/dev/null
. "$root/etc/rung/server.env"
conf=$root/etc/rung/postgresql-access.conf

wanted=$(aws ssm get-parameter --region "$RUNG_REGION" --name "$RUNG_PARAMETER" --query Parameter.Value --output text)
secret=$(jq -r '.databaseSecret // empty' <<<"$wanted")
if [ -z "$secret" ]; then
  if [ -e "$conf" ]; then
    rm "$conf"
    systemctl restart postgresql
  fi
  exit 0
fi
if grep -qsF "$secret" "$conf"; then
  exit 0
fi

# The password goes through a pipe, so that it is in no list of processes.
password=$(aws secretsmanager get-secret-value --region "$RUNG_REGION" --secret-id "$secret" \
  --query SecretString --output text | jq -er .password)
printf "ALTER ROLE app PASSWORD '%s';\n" "${password//\'/\'\'}" |
  runuser -u postgres -- psql -v ON_ERROR_STOP=1 -q
printf "# opened for %s\nlisten_addresses = '*'\n" "$secret" >"$conf"
systemctl restart postgresql
