#!/bin/bash
# Dumps the database and puts the dump into the versioned bucket. The dump is
# complete on disk before it is sent, so that half of one is never in the bucket.
set -euo pipefail
root=${RUNG_ROOT:-}
# shellcheck source=/dev/null
. "$root/etc/rung/server.env"
dir=$root/data/backups
dump=$dir/app.dump

runuser -u postgres -- pg_dump --format=custom --file="$dump" app
aws s3 cp --region "$RUNG_REGION" --only-show-errors "$dump" "$RUNG_BACKUP/database/$(date -u +%Y-%m-%dT%H%M%SZ).dump"
rm "$dump"
touch "$dir/last-success" # its age is reported as a metric
