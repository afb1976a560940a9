#!/bin/bash
# rung-secrets fetches the program's secrets before it starts. Their values go to
# memory alone, into a file that only root and systemd read. A secret that cannot
# be had leaves the file of before as it is.
#
# $1 is the list: which variable is which secret of Secrets Manager, or which
# parameter of SSM, and the form around its value. RUNG_ROOT is empty but in tests.
set -euo pipefail
root=${RUNG_ROOT:-}
list=$root$1
metadata=http://169.254.169.254/latest

region() {
  local token
  token=$(curl -fsS --max-time 5 -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' "$metadata/api/token") &&
    curl -fsS --max-time 5 -H "X-aws-ec2-metadata-token: $token" "$metadata/meta-data/placement/region"
}

# An ARN says in which region its secret is; a name is asked for in the machine's own.
fetch() {
  local id at=$region
  id=$(jq -r .id <<<"$1")
  case $id in arn:*) at=$(cut -d: -f4 <<<"$id") ;; esac
  if [ "$(jq -r '.parameter // false' <<<"$1")" = true ]; then
    aws ssm get-parameter --region "$at" --with-decryption --query Parameter.Value --output text --name "$id"
  else
    aws secretsmanager get-secret-value --region "$at" --query SecretString --output text --secret-id "$id"
  fi
}

# assignment writes a line of the file: the value, its field, or the form around it.
# Values go through pipes, so that they are in no list of processes.
assignment() {
  jq -Rrs --argjson secret "$1" '
    rtrimstr("\n") as $text
    | ($text | try fromjson catch null) as $object
    | if $secret.form then
        if ($object | type) == "object" then
          reduce ($object | to_entries[]) as $e ($secret.form; split("{" + $e.key + "}") | join($e.value | tostring | @uri))
        else $secret.form | split("{}") | join($text | @uri) end
      elif $secret.field then
        if ($object | type) == "object" and ($object | has($secret.field)) then $object[$secret.field] | tostring
        else error("it has no key " + $secret.field) end
      else $text end
    | if test("[\n\r]") then error("it has several lines, which an environment file cannot have") else . end
    | $secret.name + "=" + tojson'
}

umask 077
install -d -m 0700 "$root/run/rung"
out=$root/run/rung/secrets.env
[ "$(jq '.secrets | length' "$list")" = 0 ] || region=$(region)
: >"$out.new"
while IFS= read -r secret; do
  if ! fetch "$secret" | assignment "$secret" >>"$out.new"; then
    rm -f "$out.new"
    echo "rung-secrets: $(jq -r '"\(.name) cannot be read from \(.id)"' <<<"$secret"): does it exist, and may this machine's role read it?" >&2
    exit 1
  fi
done < <(jq -c '.secrets[]' "$list")
mv -f "$out.new" "$out"
