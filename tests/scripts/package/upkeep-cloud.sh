# shellcheck shell=bash
# The clouds behind the stand-ins: metadata, secret stores, metrics, Cloud Storage by curl; S3 by the AWS CLI. Sourced
# by upkeep-commands.sh, which brings name, line, root, get and put.

base64_of() { printf "$("$1" "$2" | cut -d' ' -f1 | sed 's/../\\x&/g')" | base64 -w0; }

option() {
  local wanted="$1" word next=no
  shift
  for word in "$@"; do
    if [[ "$next" == yes ]]; then
      printf '%s' "$word"
      return 0
    fi
    [[ "$word" != "$wanted" ]] || next=yes
  done
  return 1
}

# answer STATUS [BODY]
answer() {
  local out
  if out="$(option -o "$@")"; then printf '%s' "${2:-}" >"$out"; fi
}

curl_request() {
  local url="" word out="" headers="" method=GET body="" range="" status=200 text="" sum key size from to session
  for word in "$@"; do case "$word" in http://* | https://*) url="$word" ;; esac; done
  out="$(option -o "$@")" || true
  headers="$(option -D "$@")" || true
  method="$(option -X "$@")" || method=GET
  body="$(option -T "$@")" && method=PUT
  if word="$(option -K "$@")"; then url="$(sed -n 's/^url = "\(.*\)"$/\1/p' "$word")"; fi
  for word in "$@"; do if [[ "$word" == Content-Range:* ]]; then range="${word#Content-Range: bytes }"; fi; done
  # What is said on a command line can be read by every user of the machine.
  if [[ "$line" == *upload_id=* || "$line" == *Bearer* ]]; then printf '%s\n' "$line" >>"$WORLD/leaks"; fi
  if [[ "$method $url" =~ $(get cloud-fault || printf '^$') && -n "$(get cloud-fault)" ]] && (($(get cloud-fault-times) > 0)); then
    put cloud-fault-times "$(($(get cloud-fault-times) - 1))"
    printf 'x' >>"$WORLD/hits"
    case "$(get cloud-fault-how)" in
      lost) ;;
      *) exit 56 ;;
    esac
    lost=yes
  fi
  case "$method $url" in
    "GET http://169.254.169.254/"* | "GET http://metadata.google.internal/computeMetadata/v1/instance/service-accounts/"*)
      text='{"access_token":"token-0123","expires_in":3599}' ;;
    "GET http://metadata.google.internal/"*) text=4711 ;;
    "GET https://vault"*) text='{"value":"{\"access_key_id\":\"AKIAEXAMPLE\",\"secret_access_key\":\"wJalr/planted+secret\"}"}' ;;
    "POST https://"*monitoring*)
      word="$(option --data-binary "$@")"
      tr -d '\n' <"${word#@}" | grep -oE '(gitlab/|"metric":")[a-z_]+' | sed 's/.*[/"]//' >>"$WORLD/metrics"
      ;;
    "POST https://storage.googleapis.com/upload/"*)
      key="${url#*name=}"
      key="${key%%&*}"
      key="${key//%2F//}"
      session="$(printf '%s' "${url#*/b/}" | cut -d/ -f1)/$key"
      [[ "$url" == *ifGenerationMatch=0* && ! -e "$WORLD/gcs/$session" ]] || status=412
      word="$(option --data-binary "$@")"
      mkdir -p "$WORLD/session"
      : >"$WORLD/session/bytes"
      put session/object "$session"
      put session/md5 "$(sed -n 's/.*"md5Hash":"\([^"]*\)".*/\1/p' "${word#@}")"
      printf 'HTTP/2 200\r\nlocation: https://storage.googleapis.com/upload/session?upload_id=abc\r\n\r\n' >"$headers"
      ;;
    "PUT https://storage.googleapis.com/upload/session"*)
      size="${range##*/}"
      if [[ "$range" != '*/'* ]]; then
        from="${range%%-*}" to="${range%%/*}"
        to="${to##*-}"
        if [[ "$from" != "$(stat -c %s "$WORLD/session/bytes")" || "$(stat -c %s "$body")" != $((to - from + 1)) ]]; then
          printf 'bad range %s\n' "$range" >>"$WORLD/leaks"
          status=400
        elif [[ -n "${lost:-}" ]]; then
          # The connection broke after the first half had arrived.
          head -c $(((to - from + 1) / 2)) "$body" >>"$WORLD/session/bytes"
        else
          cat "$body" >>"$WORLD/session/bytes"
        fi
      fi
      from="$(stat -c %s "$WORLD/session/bytes")"
      if [[ -e "$WORLD/corrupt" ]]; then printf 'y' | dd of="$WORLD/session/bytes" conv=notrunc status=none; fi
      if ((from < size)); then
        status=308
        { printf 'HTTP/2 308\r\n'; ((from == 0)) || printf 'Range: bytes=0-%s\r\n' "$((from - 1))"; printf '\r\n'; } >"$headers"
      else
        sum="$(base64_of md5sum "$WORLD/session/bytes")"
        if [[ "$sum" != "$(get session/md5)" && ! -e "$WORLD/unchecked" ]]; then
          status=400
        else
          key="$(get session/object)"
          mkdir -p "$WORLD/gcs/${key%/*}"
          cp "$WORLD/session/bytes" "$WORLD/gcs/$key"
          [[ -e "$WORLD/landed-$key" ]] || printf '%s\n' "$key" >>"$WORLD/landed"
          text="$(printf '{\n  "kind": "storage#object",\n  "name": "%s",\n  "bucket": "%s",\n  "generation": "%s",\n  "size": "%s",\n  "md5Hash": "%s"\n}' \
            "${key#*/}" "${key%%/*}" "$(get generation)" "$((from - $(get short)))" "$sum")"
        fi
      fi
      ;;
    "DELETE https://storage.googleapis.com/upload/session"*) rm -rf "$WORLD/session" ;;
    "GET https://awscli.amazonaws.com/"*) text=archive ;;
    *) exit 6 ;;
  esac
  if [[ -n "$out" && "$out" != /dev/null ]]; then printf '%s' "$text" >"$out"; fi
  [[ -z "${lost:-}" ]] || exit 56
  if option -w "$@" >/dev/null; then printf '%s' "$status"; fi
}

s3() {
  local bucket key body sum
  bucket="$(option --bucket "$@")"
  [[ "$(option --expected-bucket-owner "$@")" == 444455556666 ]] || exit 254
  # The credentials come by file, and are those of the secret store.
  grep -q 'wJalr/planted+secret' "$AWS_SHARED_CREDENTIALS_FILE" || exit 253
  case "$2" in
    put-object)
      key="$(option --key "$@")" body="$(option --body "$@")"
      sum="$(base64_of sha256sum "$body")"
      [[ ! -e "$WORLD/corrupt" && "$(option --checksum-sha256 "$@")" == "$sum" ]] || exit 254
      mkdir -p "$WORLD/s3/$bucket/${key%/*}"
      cp "$body" "$WORLD/s3/$bucket/$key"
      printf '%s/%s\n' "$bucket" "$key" >>"$WORLD/landed"
      printf '%s\t%s\n' "$(get generation)" "$sum"
      ;;
    list-objects-v2)
      key="$(option --prefix "$@")"
      printf '%s\n' "$(($(stat -c %s "$WORLD/s3/$bucket/$key") - $(get short)))"
      ;;
    *) exit 252 ;;
  esac
}

case "$name" in
  curl) curl_request "$@" ;;
  aws) s3 "$@" ;;
  gpgv) printf '[GNUPG:] VALIDSIG %s 2026-11-01 0\n' "$(get signer)" ;;
  unzip)
    mkdir -p "${*: -1}/aws"
    printf '#!/bin/bash\nmkdir -p "$NODE_ROOT/usr/local/bin"\nprintf "#!/bin/bash\\nprintf %%s \\"aws-cli/%s x\\"" >"$NODE_ROOT/usr/local/bin/aws"\nchmod +x "$NODE_ROOT/usr/local/bin/aws"\n' "$(get aws-cli)" >"${*: -1}/aws/install"
    chmod +x "${*: -1}/aws/install"
    ;;
  *)
    printf 'no stand-in for %s\n' "$line" >&2
    exit 127
    ;;
esac
