#!/usr/bin/env bash
# Draws docs/report.png, the picture of a report in the README, anew: the climb
# from rung 3 to 4 on the offline cloud, as Chromium shows its page.
set -euo pipefail
cd "$(dirname "$0")/.."

browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || {
	echo "draw the report: no Chromium found; app/apptest/install.sh installs it" >&2
	exit 1
}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
go run ./cmd/rung diff 3 4 --set domain=example.com --output "$scratch/report.html" "$@"
"$browser" --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --hide-scrollbars --user-data-dir="$scratch/profile" \
	--blink-settings=preferredColorScheme=1 --window-size=1280,1000 --screenshot="$PWD/docs/report.png" "file://$scratch/report.html" 2>"$scratch/said" || {
	cat "$scratch/said" >&2
	exit 1
}
