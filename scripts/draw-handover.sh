#!/usr/bin/env bash
# Draws docs/handover.png, the picture of a move in the README, anew: a rehearsal between
# two real PostgreSQL servers of this machine, as Chromium shows its page.
set -euo pipefail
cd "$(dirname "$0")/.."

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
go run ./cmd/rung handover rehearse --size 200MB --output "$scratch/rehearsal.html" "$@"
./scripts/screenshot.sh "$scratch/rehearsal.html" docs/handover.png 1280,1150
