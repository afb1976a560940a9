#!/bin/bash
# Prepares the app's place, leads port 80 to it, and starts what keeps it
# released, backed up and watched.
set -euo pipefail
root=${RUNG_ROOT:-}

mkdir -p "$root/opt/app/releases" "$root/opt/app/failed" "$root/etc/sysconfig"
[ -d "$root/data/uploads" ] || install -d -o app -g app -m 750 "$root/data/uploads"
# A move of the rows holds writes back and leads the app to its new database from here.
[ -d "$root/data/handover" ] || install -d -o postgres -g app -m 2750 "$root/data/handover"
[ -d "$root/data/backups" ] || install -d -o postgres -g postgres -m 700 "$root/data/backups"

echo 'include "/etc/rung/ports.nft"' >"$root/etc/sysconfig/nftables.conf"
systemctl enable nftables app.service rung-tune.service
systemctl restart nftables
amazon-cloudwatch-agent-ctl -a fetch-config -m ec2 -s -c file:/etc/rung/agent.json
systemctl enable --now rung-release.timer rung-backup.timer rung-report.timer
systemctl start --no-block rung-release.service rung-backup.service
