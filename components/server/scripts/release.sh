#!/bin/bash
# Brings the app to the release that the parameter names: a program and its
# environment. Runs each minute and does nothing while that release is current.
# A release that is not healthy is undone and not tried again.
set -euo pipefail
root=${RUNG_ROOT:-}
# shellcheck source=/dev/null
. "$root/etc/rung/server.env"
app=$root/opt/app

fail() {
  echo "release $release: $1" >&2
  exit 1
}

# fetch downloads the program beside its environment and checks its hash. A
# program of the image has its environment only.
fetch() {
  local bucket key sha256
  rm -rf "$next"
  mkdir -p "$next"
  jq -r '.environment // {} | to_entries[] | "\(.key)=\(.value | tojson)"' <<<"$wanted" >"$next/environment"
#@SEALED@
  jq -e 'has("key")' <<<"$wanted" >/dev/null || return 0
  bucket=$(jq -er .bucket <<<"$wanted")
  key=$(jq -er .key <<<"$wanted")
  sha256=$(jq -er .sha256 <<<"$wanted")
  aws s3 cp --region "$RUNG_REGION" --only-show-errors "s3://$bucket/$key" "$next/app"
  if ! echo "$sha256  $next/app" | sha256sum --check --status; then
    rm -rf "$next"
    fail "the program's hash is not $sha256: not installed"
  fi
  chmod 755 "$next/app"
#@INSTALL@
}

# switch makes a release current in one step and restarts the app.
switch() {
  ln -sfn "releases/$1" "$app/switch"
  mv -T "$app/switch" "$app/current"
  systemctl restart app.service
}

# answers asks the program whether it can serve; without a path an open port will do.
answers() {
  if [ -n "$RUNG_HEALTH" ]; then
    curl -fsS -m 2 -o /dev/null "http://127.0.0.1:$RUNG_PORT$RUNG_HEALTH"
  else
    (: <>"/dev/tcp/127.0.0.1/$RUNG_PORT") 2>/dev/null
  fi
}

healthy() {
  for _ in $(seq 1 "$RUNG_BOOT_SECONDS"); do
    answers && return 0
    sleep 1
  done
  return 1
}

wanted=$(aws ssm get-parameter --region "$RUNG_REGION" --name "$RUNG_PARAMETER" --query Parameter.Value --output text)
release=$(printf '%s' "$wanted" | sha256sum | cut -d ' ' -f 1)
current=$(readlink "$app/current" || true)
current=${current##*/}
if [ "$release" = "$current" ]; then
  rm -f "$app/pending"
  exit 0
fi
touch "$app/pending" # reported as a metric until the release is current
if [ -e "$app/failed/$release" ]; then
  exit 0
fi

next=$app/releases/$release
fetch
switch "$release"
if healthy; then
  rm -f "$app/pending"
  cd "$app/releases"
  # The two before this one stay, for going back by hand.
  find . -mindepth 1 -maxdepth 1 -type d -printf '%T@ %f\n' | sort -rn | awk 'NR > 3 { print $2 }' | xargs -r rm -rf
  exit 0
fi
[ -n "$current" ] || fail "not healthy, and there is none to go back to"
touch "$app/failed/$release"
switch "$current"
fail "not healthy after $RUNG_BOOT_SECONDS s: went back to $current"
