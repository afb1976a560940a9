#!/usr/bin/env bash
# Installs what the tests need beyond Go: shellcheck and jq for the machines'
# scripts and node for the edge's code here, PostgreSQL, Redis and Chromium for the app in its own script.
# Only what is missing, only from Debian's own packages, only as root;
# elsewhere it says what to install.
set -euo pipefail

missing=()
for tool in shellcheck jq; do
	command -v "$tool" >/dev/null || missing+=("$tool")
done
command -v node >/dev/null || missing+=(nodejs)
if [ ${#missing[@]} -gt 0 ]; then
	if ! command -v apt-get >/dev/null || [ "$(id -u)" != 0 ]; then
		echo "The tests need ${missing[*]}: install them with your system's package manager and run this again." >&2
		exit 1
	fi
	apt-get update -q
	DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"
fi
exec sh "$(dirname "$0")/../app/apptest/install.sh"
