#!/bin/bash
# Written by rung: the app @NAME@ as machines run it. `install USER` sets it up as
# root; other words start a part of it: all, web, worker, release, service-NAME and
# release-NAME. What follows the last line are the app's files.
set -euo pipefail
self=$(readlink -f "$0")
here=$self.d
skip=@SKIP@
stop=@STOP@
packages=(@PACKAGES@)
links=(@LINKS@)
install=(@INSTALL@)
image=@IMAGE@
web=(@WEB@)
worker=(@WORKER@)
# shellcheck disable=SC2034 # read by its name
release=(@RELEASE@)
jobs=(@JOBS@)
@JOB_COMMANDS@
@SERVICE_COMMANDS@

say() { echo "rung-app: $*" >&2; }

# unpack puts the files into a directory, and the runtime's programs under their
# usual names.
unpack() {
  mkdir -p "$1/.rung/bin"
  tail -n "+$skip" "$self" | tar -xz --no-same-owner -C "$1"
  local link
  for link in "${links[@]}"; do
    [ ! -x "${link#*=}" ] || ln -sfn "${link#*=}" "$1/.rung/bin/${link%%=*}"
  done
}

# login lets the machine fetch an image of ECR by its own role.
login() {
  case ${image%%/*} in
  *.dkr.ecr.*.amazonaws.com)
    local host=${image%%/*} region
    region=${host#*.dkr.ecr.}
    region=${region%.amazonaws.com}
    aws ecr get-login-password --region "$region" | nerdctl login --username AWS --password-stdin "$host"
    ;;
  esac
}

install_app() {
  local user=$1 home
  [ ${#packages[@]} = 0 ] || dnf install -y -q "${packages[@]}"
  if [ -n "$image" ]; then
    systemctl enable --now containerd
    login
    nerdctl pull --quiet "$image"
    return
  fi
  rm -rf "$here.new" "$here"
  unpack "$here.new"
  if [ ${#install[@]} -gt 0 ]; then
    # As the user, who must not be able to change the app afterwards.
    home=$(mktemp -d)
    chown -R "$user:" "$here.new" "$home"
    (cd "$here.new" && runuser -u "$user" -- env HOME="$home" PATH="$here.new/.rung/bin:$PATH" "${install[@]}") || return 1
    rm -rf "$home"
    chown -R root: "$here.new"
  fi
  mv -T "$here.new" "$here"
}

# alone sets the files up where nobody has installed them, as in the lab: beside this
# program where that may be, once for all that start at the same time, and else for
# this process alone.
alone() {
  if [ ! -w "$(dirname "$self")" ]; then
    here=$(mktemp -d)
    unpack "$here"
    return
  fi
  exec 9>"$self.lock"
  flock 9
  if [ ! -d "$here" ]; then
    rm -rf "$here.new"
    unpack "$here.new"
    [ ${#install[@]} = 0 ] || (cd "$here.new" && env HOME="$here.new" PATH="$here.new/.rung/bin:$PATH" "${install[@]}" >&2)
    mv -T "$here.new" "$here"
  fi
  exec 9>&-
}

# ready goes to the app's files.
ready() {
  [ -z "$image" ] || return 0
  [ -d "$here" ] || alone
  cd "$here"
  export PATH="$here/.rung/bin:$PATH"
}

# listen tells the app where it serves, in the words that most apps know.
listen() {
  local at=${APP_LISTEN:-:@PORT@}
  export PORT=${at##*:} HOST=${at%:*}
  HOST=${HOST:-0.0.0.0}
}

# handed are the variables that a container gets: all but those of the machine.
handed() {
  compgen -e | grep -Ev '^(PATH|HOME|USER|LOGNAME|SHELL|PWD|OLDPWD|SHLVL|LANG|_|TMPDIR|INVOCATION_ID|JOURNAL_STREAM|SYSTEMD_EXEC_PID|NOTIFY_SOCKET|CREDENTIALS_DIRECTORY|MEMORY_PRESSURE_.*)$'
}

# user_here is the user that the machine has for the app; in the lab, whose the lab is.
user_here() {
  local user
  for user in rung app; do
    if id "$user" >/dev/null 2>&1; then
      echo "$user"
      return
    fi
  done
  id -un
}

# contained runs words in a container until it ends, with the rights of the user
# that the machine has for the app.
contained() {
  local name=rung-$1 user args=() v at
  shift
  user=$(user_here)
  for v in $(handed); do args+=(-e "$v"); done
  # The server's database, its uploads, and the files by which a move of the rows holds it back.
  for at in /run/postgresql "${UPLOADS_DIR:-/data/uploads}" "$(dirname "${PAUSE_WRITES:-/data/handover/pause}")"; do
    [ ! -d "$at" ] || args+=(-v "$at:$at")
  done
  [ ! -f "${DATABASE_CA:-/nowhere}" ] || args+=(-v "$DATABASE_CA:$DATABASE_CA:ro")
  nerdctl rm -f "$name" >/dev/null 2>&1 || true
  trap 'nerdctl stop --time "$stop" "$name" >/dev/null' TERM INT
  nerdctl run --rm --name "$name" --net host --user "$(id -u "$user"):$(id -g "$user")" --security-opt no-new-privileges \
    --cap-drop ALL "${args[@]}" "$image" "$@" &
  local pid=$! status=0
  wait "$pid" || status=$?
  while kill -0 "$pid" 2>/dev/null; do
    status=0
    wait "$pid" || status=$?
  done
  return "$status"
}

# begin becomes a part of the app.
begin() {
  if [ -n "$image" ]; then
    contained "$@"
    exit
  fi
  shift
  exec "$@"
}

# once runs words if nobody has done so under that key: over all machines, by a lock
# and a table in the app's database.
once() {
  local key=$1 answer status=0 as=()
  shift
  # The server's own database knows its users by who they are on the machine.
  [ -z "$image" ] || [ "$(user_here)" = "$(id -un)" ] || as=(runuser -u "$(user_here)" --)
  coproc DATABASE { "${as[@]}" psql -XqAt -v ON_ERROR_STOP=1 "$DATABASE_URL"; }
  local to=${DATABASE[1]} from=${DATABASE[0]} pid=$DATABASE_PID
  ask() { printf '%s\n' "$1" >&"$to" && IFS= read -r answer <&"$from"; }
  if ! ask "SET client_min_messages = warning; CREATE SCHEMA IF NOT EXISTS rung; CREATE TABLE IF NOT EXISTS rung.once (key text PRIMARY KEY, at timestamptz NOT NULL DEFAULT now()); SELECT 'ready';" ||
    ! ask "SELECT pg_advisory_lock(hashtext('rung $key')) IS NULL;" ||
    ! ask "SELECT count(*) FROM rung.once WHERE key = '$key';"; then
    say "$key: the database does not answer, so nobody knows whether it ran"
    return 1
  fi
  if [ "$answer" = 0 ]; then
    ("$@") || status=$?
    [ "$status" != 0 ] || ask "INSERT INTO rung.once (key) VALUES ('$key') RETURNING 0;" || status=1
  fi
  exec {to}>&-
  wait "$pid" 2>/dev/null || true
  return "$status"
}

# release_app runs what a release needs, of the app or of the service $1, each in its
# own database.
release_app() {
  declare -n words=release${1:+_${1//-/_}}
  [ ${#words[@]} -gt 0 ] || return 0
  once "release $(sha256sum <"$self" | cut -c 1-16)" begin "release${1:+-$1}" "${words[@]}"
}

# scheduled starts a job at its times, on one machine of all.
scheduled() {
  local name=${1%%=*} at=${1#*=} next words left
  declare -n words="job_${name//-/_}"
  while true; do
    next=$(TZ=UTC systemd-analyze calendar --iterations=1 "$at" | sed -n 's/^ *Next elapse: //p')
    left=$(($(date -d "$next" +%s) - $(date +%s)))
    [ "$left" -le 0 ] || sleep "$left"
    once "job $name at $next" begin "job-$name" "${words[@]}" || say "the job $name has failed"
    sleep 1
  done
}

# together runs parts until one ends or the end is asked for; then all end.
together() {
  local part pids=() status=0 asked=
  trap 'asked=yes; kill -TERM "${pids[@]}" 2>/dev/null || true' TERM INT
  for part in "$@"; do
    case $part in
    web) (begin web "${web[@]}") & ;;
    worker) (begin worker "${worker[@]}") & ;;
    *) (scheduled "$part") & ;;
    esac
    pids+=($!)
  done
  wait -n "${pids[@]}" || status=$?
  kill -TERM "${pids[@]}" 2>/dev/null || true
  wait "${pids[@]}" 2>/dev/null || true
  [ -z "$asked" ] || exit 0
  exit "$status"
}

part=${1:?want install USER, all, web, worker, release, service-NAME or release-NAME}
if [ "$part" = install ]; then
  install_app "${2:?want the user of the app}"
  exit
fi
ready
listen
parts=(web)
case $part in
all)
  [ ${#worker[@]} = 0 ] || parts+=(worker)
  parts+=("${jobs[@]}")
  ;;
web) parts+=("${jobs[@]}") ;;
worker) parts=(worker) ;;
release)
  release_app ""
  exit
  ;;
release-* | service-*)
  if ! declare -p "${part//-/_}" >/dev/null 2>&1; then
    say "got $part, and the app has no service of that name"
    exit 2
  fi
  if [[ $part == release-* ]]; then
    release_app "${part#release-}"
    exit
  fi
  parts=("$part")
  ;;
*)
  say "got $part, want install USER, all, web, worker, release, service-NAME or release-NAME"
  exit 2
  ;;
esac
if [ ${#parts[@]} -gt 1 ]; then together "${parts[@]}"; fi
declare -n words=${parts[0]//-/_}
begin "${parts[0]}" "${words[@]}"
exit
