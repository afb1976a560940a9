#!/bin/bash
# Starts Valkey on the data volume; it listens on this machine only.
set -euo pipefail
root=${RUNG_ROOT:-}

[ -d "$root/data/valkey" ] || install -d -o valkey -g valkey -m 750 "$root/data/valkey"
systemctl enable --now valkey
