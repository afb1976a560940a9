#!/bin/sh
# Installs what the tests of the app need, where it is missing and may be.
# Elsewhere it says what to install. Called by `make test`.
set -eu
missing=""
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null 2>&1 || missing="$missing postgresql"
command -v redis-server >/dev/null 2>&1 || missing="$missing redis-server"
command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1 || missing="$missing chromium"
[ -n "$missing" ] || exit 0
if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
	apt-get update -q
	# Without the cluster that Debian would start: the tests make their own.
	mkdir -p /etc/postgresql-common
	[ -e /etc/postgresql-common/createcluster.conf ] || echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.conf
	# shellcheck disable=SC2086 # one word for each package
	DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing
	exit 0
fi
echo "The tests of the app need PostgreSQL 14 or newer, Redis 6 or newer and Chromium. Missing:$missing" >&2
echo "  Debian, Ubuntu: sudo apt-get install postgresql redis-server chromium" >&2
echo "  Fedora:         sudo dnf install postgresql-server redis chromium" >&2
echo "  macOS:          brew install postgresql@16 redis chromium" >&2
exit 1
