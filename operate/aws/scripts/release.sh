#!/bin/bash
# Says whether the server has the release that its parameter names: "current", "undone" or
# "rolling".
set -euo pipefail
root=${RUNG_ROOT:-}
# shellcheck source=/dev/null
. "$root/etc/rung/server.env"
wanted=$(aws ssm get-parameter --region "$RUNG_REGION" --name "$RUNG_PARAMETER" --query Parameter.Value --output text)
release=$(printf '%s' "$wanted" | sha256sum | cut -d ' ' -f 1)
current=$(readlink "$root/opt/app/current" || true)
if [ -e "$root/opt/app/failed/$release" ]; then
	echo undone
elif [ "${current##*/}" = "$release" ] && [ ! -e "$root/opt/app/pending" ]; then
	echo current
else
	echo rolling
fi
