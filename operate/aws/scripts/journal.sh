#!/bin/bash
# The lines of a unit with the seconds since 1970 before each, and the place to go on from.
# $1 is the unit, $2 the second to begin at, $3 the place to go on from, or empty.
set -euo pipefail
where=(--since "@$2")
[ -z "$3" ] || where=(--after-cursor "$3")
journalctl --unit "$1" --no-pager --quiet --output short-unix --show-cursor "${where[@]}" | tail -c 20000
