#!/bin/sh
# A subscriber in shell: a durable consumer, with curl and jq. Prints one line for each entry, then acknowledges it.
#
#   subscriber.sh SOCKET NAME
set -u
socket=$1 name=$2
base=http://localhost/v1/consumers/$name

call() { # METHOD URL [JSON]
  curl --silent --show-error --fail --max-time 30 --unix-socket "$socket" -X "$1" "$2" ${3+-H 'Content-Type: application/json' --data "$3"} >/dev/null
}

deal_with() { # LINE
  # What is to be done with it goes here. It may come twice: what was not acknowledged comes again.
  printf '%s' "$1" | jq -r 'if .specversion then "\(.id) \(.type) \(.subject) \(.data.status)" else "\(.place) reset" end'
}

while :; do
  # Makes it if it is not there, or there no more: then it begins with the oldest entry kept, since seeing some twice is better than
  # missing one; otherwise it goes on where it was.
  call PUT "$base" '{"after": "earliest"}' &&
    # Silence is longer than the pause between two heartbeats. Each line is an entry, or says something about the stream: that has a
    # member `control`.
    curl --silent --show-error --fail --no-buffer --speed-limit 1 --speed-time 60 --unix-socket "$socket" \
      -H 'Accept: application/x-ndjson' "$base/events" |
    while IFS= read -r line; do
      place=$(printf '%s' "$line" | jq -r 'if .control == "reset" then .place elif .specversion then .id else empty end') || break
      [ -n "$place" ] || continue
      until deal_with "$line"; do sleep 1; done # what fails is never acknowledged, nor passed over
      call POST "$base/ack" "{\"place\": \"$place\"}" || break
    done
  sleep 1 # the daemon restarts, or another of us follows
done
