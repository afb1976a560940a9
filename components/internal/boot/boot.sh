#!/bin/bash
# Written by rung. Fetches from the bucket of artifacts the script that sets this
# machine up, checks that it is the one that was deployed, and runs it.
set -euo pipefail
root=${RUNG_ROOT:-} # empty but in tests
bucket=@BUCKET@
key=@KEY@
version=@VERSION@
sha256=@SHA256@
script=$root/var/lib/rung/boot.sh
metadata=http://169.254.169.254/latest

say() { echo "rung-boot: $*" >&2; }

region() {
  local token
  token=$(curl -fsS --max-time 5 -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' "$metadata/api/token") &&
    curl -fsS --max-time 5 -H "X-aws-ec2-metadata-token: $token" "$metadata/meta-data/placement/region"
}

download() {
  local region
  region=$(region) && aws s3api get-object --region "$region" --bucket "$bucket" --key "$key" \
    ${version:+--version-id "$version"} "$script" >/dev/null
}

# The address, the routes and the role's rights may come a moment after the
# machine: tries for four minutes.
mkdir -p "$(dirname "$script")"
attempt=1
until download; do
  say "attempt $attempt to fetch s3://$bucket/$key failed"
  if [ "$attempt" -ge 30 ]; then
    say "given up, this machine is not set up: may its role read s3://$bucket/$key (version $version), and does its subnet have a way to S3?"
    exit 1
  fi
  sleep $((attempt < 10 ? attempt : 10))
  attempt=$((attempt + 1))
done
if ! echo "$sha256  $script" | sha256sum --check --status; then
  rm -f "$script"
  say "s3://$bucket/$key (version $version) is not what was deployed, its SHA-256 is another: not run"
  exit 1
fi
exec bash "$script"
