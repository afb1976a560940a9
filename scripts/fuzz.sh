#!/usr/bin/env bash
# Runs every fuzz target of the app, each for the same number of inputs, so that
# a run takes as long on a busy machine as its inputs take and no shorter. What
# fails is written to testdata/fuzz beside its target: keep it, it is a test.
#
#   scripts/fuzz.sh [inputs, 20000 without]
set -euo pipefail
cd "$(dirname "$0")/.."

inputs=${1:-20000}
targets=$(grep -rhoE --include='*_test.go' '^func Fuzz[A-Za-z0-9_]*' app | awk '{print $2}' | sort -u)
[ -n "$targets" ] || { echo "there is no fuzz target in app" >&2; exit 1; }
for target in $targets; do
	while IFS= read -r directory; do
		go test "./$directory" -run '^$' -fuzz "^$target\$" -fuzztime "${inputs}x" -fuzzminimizetime 1000x
	done < <(grep -rlE --include='*_test.go' "^func $target\(" app | xargs -n1 dirname | sort -u)
done
