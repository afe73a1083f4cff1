#!/bin/bash
# Stands in for a command that only a real host has: hands its arguments to the test's world and gives back its answer.
args=("$@")
stdin=""
for arg in "$@"; do
  case "$arg" in
    -i | - | -K- | --interactive | --password-stdin | */dev/stdin)
      stdin="$(base64 -w0)"
      break
      ;;
  esac
done
exec 3<>"/dev/tcp/127.0.0.1/$STAND_IN_PORT" || exit 97
{
  printf '%s\n' "$STAND_IN_HOST|$$|${0##*/}|${STAND_IN_UNIT:-}|$#|$stdin"
  ((${#args[@]} == 0)) || printf '%s\0' "${args[@]}"
} >&3
IFS= read -r code <&3 || exit 137
IFS= read -r out <&3
IFS= read -r err <&3
[[ -z "$err" ]] || base64 -d <<<"$err" >&2
[[ -z "$out" ]] || base64 -d <<<"$out"
exit "$code"
