#!/usr/bin/env bash
# Draws docs/handover.png, the picture of a climb in the README, anew: stage 2 becomes stage 3
# on the lab under load, and its rows move, as Chromium shows the rehearsal's page. Five minutes.
set -euo pipefail
cd "$(dirname "$0")/.."

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
go run ./cmd/rung rehearse 2 3 --size 2GB --writes 200 --reads 200 --output "$scratch/rehearsal.html" "$@" ||
	echo "not all holds: the page says what" >&2
./scripts/screenshot.sh "$scratch/rehearsal.html" docs/handover.png 1280,1400
