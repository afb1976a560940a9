#!/usr/bin/env bash
# Draws docs/report.png, the picture of a report in the README, anew: the climb
# from stage 3 to 4 on the offline cloud, as Chromium shows its page.
set -euo pipefail
cd "$(dirname "$0")/.."

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
go run ./cmd/rung diff 3 4 --set domain=example.com --output "$scratch/report.html" "$@"
./scripts/screenshot.sh "$scratch/report.html" docs/report.png 1280,1000
