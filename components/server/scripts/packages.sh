#!/bin/bash
# Installs what the server runs. Tries for five minutes: on the first start the
# network may still be on its way.
set -euo pipefail

for _ in $(seq 1 30); do
  if dnf install -y postgresql17 postgresql17-server valkey jq nftables xfsprogs amazon-cloudwatch-agent; then
    id app >/dev/null 2>&1 || useradd --system --home-dir /opt/app --shell /sbin/nologin app
    exit 0
  fi
  sleep 10
done
echo "the packages could not be installed: is there a route to the package repository?" >&2
exit 1
