#!/usr/bin/env bash
# screenshot.sh PAGE PICTURE WIDTH,HEIGHT: a page of this machine as Chromium shows it.
set -euo pipefail

browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || {
	echo "draw $2: no Chromium found; app/apptest/install.sh installs it" >&2
	exit 1
}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
"$browser" --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --hide-scrollbars --user-data-dir="$scratch/profile" \
	--blink-settings=preferredColorScheme=1 --window-size="$3" --screenshot="$PWD/$2" "file://$1" 2>"$scratch/said" || {
	cat "$scratch/said" >&2
	exit 1
}
