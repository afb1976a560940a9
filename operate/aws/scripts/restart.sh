#!/bin/bash
# Starts the server's app anew, which fetches its secrets first, and waits until it
# answers. $1 is its unit. RUNG_ROOT is empty but in tests.
set -euo pipefail
root=${RUNG_ROOT:-}
# shellcheck source=/dev/null
. "$root/etc/rung/server.env"

# answers asks the program whether it can serve; without a path an open port will do.
answers() {
	if [ -n "$RUNG_HEALTH" ]; then
		curl -fsS -m 2 -o /dev/null "http://127.0.0.1:$RUNG_PORT$RUNG_HEALTH" 2>/dev/null
	else
		(: <>"/dev/tcp/127.0.0.1/$RUNG_PORT") 2>/dev/null
	fi
}

systemctl restart "$1"
for _ in $(seq 1 "$RUNG_BOOT_SECONDS"); do
	if answers; then
		exit 0
	fi
	sleep 1
done
echo "it does not answer within $RUNG_BOOT_SECONDS s of its start" >&2
exit 1
