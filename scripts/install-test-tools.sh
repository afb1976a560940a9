#!/usr/bin/env bash
# Installs what the tests need beyond Go: shellcheck and jq for the machines'
# scripts, node for the edge's code and the lab's servers here, PostgreSQL, Redis and Chromium for the app in its own script.
# Only what is missing, only from Debian's own packages, only as root;
# elsewhere it says what to install.
set -euo pipefail

missing=()
for tool in shellcheck jq; do
	command -v "$tool" >/dev/null || missing+=("$tool")
done
command -v node >/dev/null || missing+=(nodejs)
# The lab's servers, which Debian puts where a user's PATH does not look.
for tool in haproxy nginx pgbouncer; do
	[ -x "/usr/sbin/$tool" ] || command -v "$tool" >/dev/null || missing+=("$tool")
done
if [ ${#missing[@]} -gt 0 ]; then
	if ! command -v apt-get >/dev/null || [ "$(id -u)" != 0 ]; then
		echo "The tests need ${missing[*]}: install them with your system's package manager and run this again." >&2
		exit 1
	fi
	apt-get update -q
	DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"
fi
exec sh "$(dirname "$0")/../app/apptest/install.sh"
