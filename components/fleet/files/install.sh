#!/bin/bash
# rung-install puts the app onto this machine and starts it. cloud-init runs it
# once, at the first boot; running it again does no harm.
#
# It reads /etc/rung/machine.env: RUNG_BUCKET, RUNG_KEY and RUNG_SHA256 say which
# program to fetch, none if the image has it; RUNG_DATABASE_CA where the program
# looks for RDS' certificates. RUNG_ROOT is empty but in tests.
set -euo pipefail

root=${RUNG_ROOT:-}
metadata=http://169.254.169.254/latest

set -a
# shellcheck source=/dev/null
. "$root/etc/rung/machine.env"
set +a

say() { echo "rung-install: $*"; }

# retry runs a command up to six times, with a pause that grows from 2 s: the
# network and the role's rights may come a moment after the machine.
retry() {
	local attempt
	for attempt in 1 2 3 4 5 6; do
		"$@" && return
		say "attempt $attempt failed: $*" >&2
		sleep $((attempt * 2))
	done
	return 1
}

region() {
	local token
	token=$(curl -fsS --max-time 5 -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' "$metadata/api/token") &&
		curl -fsS --max-time 5 -H "X-aws-ec2-metadata-token: $token" "$metadata/meta-data/placement/region"
}

# fetch downloads the program and refuses one whose content is not the one
# that was deployed.
fetch() {
	local download=$root/opt/rung/app.download
	install -d -m 0755 "$root/opt/rung"
	retry aws s3 cp --only-show-errors --region "$1" "s3://$RUNG_BUCKET/$RUNG_KEY" "$download"
	if ! echo "$RUNG_SHA256  $download" | sha256sum --check --status; then
		rm -f "$download"
		say "s3://$RUNG_BUCKET/$RUNG_KEY is not the program that was deployed: its SHA-256 is not $RUNG_SHA256" >&2
		return 1
	fi
	chmod 0755 "$download"
	mv -f "$download" "$root/opt/rung/app"
}

# trust fetches the certificates by which the app knows RDS, and adds those of the
# machine, by which it knows a proxy before it: AWS vouches for that as for web sites.
trust() {
	local download=$root$1.download
	retry curl -fsS --max-time 30 -o "$download" https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem
	if ! grep -q 'BEGIN CERTIFICATE' "$download"; then
		say "RDS' trust store answered with something else than certificates" >&2
		return 1
	fi
	[ ! -r "$root/etc/pki/tls/certs/ca-bundle.crt" ] || cat "$root/etc/pki/tls/certs/ca-bundle.crt" >>"$download"
	chmod 0644 "$download"
	mv -f "$download" "$root$1"
}

# observe sends the log, memory and disk to CloudWatch. The app runs without.
observe() {
	retry dnf install -y -q amazon-cloudwatch-agent &&
		amazon-cloudwatch-agent-ctl -a fetch-config -m ec2 -s -c "file:$root/etc/rung/agent.json"
}

awk '/^MemTotal:/ { print "GOMEMLIMIT=" int($2 * 7 / 10240) "MiB" }' /proc/meminfo >"$root/etc/rung/memory.env"
id rung >/dev/null 2>&1 || useradd --system --no-create-home --shell /sbin/nologin rung
install -d -m 0755 "$root/var/log/rung"
if [ -n "$RUNG_KEY" ]; then fetch "$(retry region)"; fi
#@INSTALL@
[ -z "${RUNG_DATABASE_CA:-}" ] || trust "$RUNG_DATABASE_CA"
chown -R rung: "$root/var/log/rung"
systemctl daemon-reload
if [ -e "$root/etc/systemd/system/rung-app.service" ]; then
	systemctl enable --now rung-app.service rung-watch.service
	say "runs ${RUNG_KEY:-a program of the image} as $RUNG_PROGRAM"
fi
observe || say "no CloudWatch agent: neither log nor memory will be seen" >&2
