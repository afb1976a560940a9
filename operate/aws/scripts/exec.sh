#!/bin/bash
# Runs a command as the app does: as its user, in its environment and its folder.
# $1 is the unit of the app, the rest the command. RUNG_PROC is empty but in tests.
set -euo pipefail
unit=$1
shift
pid=$(systemctl show --property MainPID --value "$unit")
if [ -z "$pid" ] || [ "$pid" = 0 ]; then
	echo "the app does not run on this machine: its environment is not to be had" >&2
	exit 69
fi
proc=${RUNG_PROC:-/proc}/$pid
mapfile -d '' -t environment <"$proc/environ"
cd "$proc/cwd" 2>/dev/null || cd /
exec runuser --user "$(stat -c %U "$proc")" -- env -i "${environment[@]}" "$@"
