#!/bin/sh
# A subscriber in shell: a durable consumer, with curl and jq. Prints one line for each entry, then acknowledges it.
#
#   subscriber.sh SOCKET NAME
set -eu
socket=$1 name=$2
base=http://localhost/v1/consumers/$name

call() { # METHOD URL [JSON]
  curl --silent --show-error --fail --max-time 30 --unix-socket "$socket" -X "$1" "$2" ${3+-H 'Content-Type: application/json' --data "$3"} >/dev/null
}

# Makes it if it is not there; then it begins with what comes from now on, and otherwise where it was.
until call PUT "$base" '{"after": "latest"}'; do sleep 1; done

while :; do
  # Each line is an entry, or says something about the stream: that has a member `control`.
  curl --silent --no-buffer --unix-socket "$socket" -H 'Accept: application/x-ndjson' "$base/events" |
    while IFS= read -r line; do
      place=$(printf '%s' "$line" | jq -r 'if .control == "reset" then .place elif .specversion then .id else empty end')
      [ -n "$place" ] || continue
      # What is to be done with it goes here. It may come twice: what was not acknowledged comes again.
      printf '%s' "$line" | jq -r 'if .specversion then "\(.id) \(.type) \(.subject) \(.data.status)" else "\(.place) reset" end'
      call POST "$base/ack" "{\"place\": \"$place\"}"
    done || true
  sleep 1 # the daemon restarts, or another of us follows
done
