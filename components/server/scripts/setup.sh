#!/bin/bash
# Makes a fresh Amazon Linux 2023 instance into the server. cloud-init runs it
# once; running it again changes nothing.
set -euo pipefail
bin=$(dirname "$0")

systemctl daemon-reload
for step in packages volume tune postgres valkey app; do
  echo "rung: $step"
  "$bin/$step"
done
