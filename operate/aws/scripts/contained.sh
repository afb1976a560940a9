#!/bin/bash
# Runs a command in the app's container: as its user, in its environment and its folder.
# $1 is the unit of the app, the rest the command. Where several run, it is the web part's.
set -euo pipefail
shift
names=$(nerdctl ps --format '{{.Names}}' | grep -E '^rung-(web|worker|service-.+)$' | sort) || true
for name in rung-web $names; do
	if grep -qxF "$name" <<<"$names"; then
		exec nerdctl exec "$name" "$@"
	fi
done
echo "the app's container does not run on this machine" >&2
exit 69
