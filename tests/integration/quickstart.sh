#!/usr/bin/env bash
# Runs scripts/quickstart as a newcomer does, twice, and reads what it shows.
set -euo pipefail
source_dir=$1

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# What it starts has its folder in the command line, so what it left running would be found by that.
export TMPDIR=$work

expect() { # HOW-OFTEN PATTERN
  local found
  found=$(grep -cE -- "$2" "$work/shown" || true)
  if [ "$found" != "$1" ]; then
    echo "expected $1 lines with '$2', found $found in:" >&2
    cat "$work/shown" >&2
    exit 1
  fi
}

for run in first second; do
  echo "the $run run"
  "$source_dir/scripts/quickstart" >"$work/shown" 2>&1 || { cat "$work/shown" >&2; exit 1; }
  expect 3 '^  announced '
  expect 13 '^  pushed '
  expect 1 '^accounts-1 +account-access +Revoked '
  expect 1 '^accounts-2 +account-access +Authorized '
  expect 1 '^payment-1 +payment +Consumed '
  expect 1 '^policy-1 +insurance +Revoked '
  expect 1 '401 .* expected 401 bearer-expired'
  for reason in replay issuer-mismatch decryption signature; do
    expect 1 "^[0-9]+ +$reason "
  done
  if pgrep -f "$work/consentd-quickstart" >/dev/null; then
    echo "left running:" >&2
    pgrep -af "$work/consentd-quickstart" >&2
    exit 1
  fi
  [ -z "$(find "$work" -maxdepth 1 -name 'consentd-quickstart.*')" ] || { echo "left files in $work" >&2; exit 1; }
done
