#!/bin/bash
# coreutils' timeout on the test's clock: 124 when the command was ended, 137 when it had to be killed.
grace=""
if [[ "$1" == -k ]]; then
  grace="$2"
  shift 2
fi
seconds="$1"
shift
"$@" <&0 &
command=$!
sleep "$seconds" &
timer=$!
trap 'kill -TERM "$command" "$timer" 2>/dev/null; exit 143' TERM
wait -n -p first "$command" "$timer"
code=$?
if [[ "$first" != "$timer" ]]; then
  kill "$timer" 2>/dev/null
  exit "$code"
fi
kill -TERM "$command" 2>/dev/null
if [[ -n "$grace" ]]; then
  sleep "$grace" &
  timer=$!
  wait -n -p first "$command" "$timer"
  if [[ "$first" == "$timer" ]]; then
    kill -KILL "$command" 2>/dev/null
    exit 137
  fi
  kill "$timer" 2>/dev/null
else
  wait "$command"
fi
exit 124
