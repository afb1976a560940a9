#!/usr/bin/env bash
# Takes docs/app/*.webp, the pictures of the app's pages in its README, anew: of the world
# that `app dev` shows, as Chromium shows it.
set -euo pipefail
cd "$(dirname "$0")/.."

go test ./app/tests -run '^TestTheREADMEShowsThePages$' -count 1 -update
