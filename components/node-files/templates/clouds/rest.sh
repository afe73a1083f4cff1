# shellcheck shell=bash
# What the clouds without a command line tool on the machine share: HTTP by curl, JSON, and the secret store. It stands
# before azure.sh or gcp.sh in cloud.sh, which bring
#   bearer AUDIENCE          prints the path of a file with a fresh Authorization header.
#   secret_get NAME FILE     one try; 4: the store has no such secret, or no value in it.
#   secret_put NAME FILE     one try.
# A token stands in a file of memory and goes to curl by name of that file; so does what is sent and what is answered.

# The metric that a failure of this script counts in; a script sets its own (upgrade_failure and the like).
ALARM_EVENT="${ALARM_EVENT:-boot_failure}"

# http METHOD URL OUT [CURL ARGUMENTS…]: 0 on 2xx; 4 on 404; 1 on everything else, and says why. OUT: the answer's body.
http() {
  local method="$1" url="$2" out="$3" status code=0
  shift 3
  status="$(curl -sS -m 60 --connect-timeout 10 -X "$method" -o "$out" -w '%{http_code}' "$@" "$url")" || code=$?
  if ((code != 0)); then
    log http "$method ${url%%\?*}: curl ended with $code"
    return 1
  fi
  case "$status" in
    2??) return 0 ;;
    404) return 4 ;;
  esac
  log http "$method ${url%%\?*}: HTTP $status $(head -c 300 "$out" 2>/dev/null | tr -s '[:space:]' ' ')"
  return 1
}

# json_string NAME FILE: the first string of that name, decoded, exactly. Fails where there is none.
# Doubled backslashes and escaped quotes become control characters first, which JSON has none of: the next quote is then
# the end. What is left is what printf's %b knows. Source: https://www.rfc-editor.org/rfc/rfc8259#section-7
json_string() {
  local text
  text="$(tr -d '\n' <"$2" | sed -e 's/\\\\/\x01/g' -e 's/\\"/\x02/g' |
    grep -oE "\"$1\"[[:space:]]*:[[:space:]]*\"[^\"]*\"" | sed -n 1p)" || return 1
  text="${text#\""$1"\"*\"}"
  text="${text%\"}"
  if [[ "$text" =~ \\u[dD][89aAbB] ]]; then
    log json "$1 has a character that this machine cannot decode"
    return 1
  fi
  text="$(printf '%s' "$text" | sed -e 's#\\/#/#g' -e 's/\x01/\\\\/g' -e 's/\x02/"/g')"
  LC_ALL=C.UTF-8 printf '%b' "$text"
}

# json_quote FILE: its text as one JSON string, quotes included.
json_quote() {
  if LC_ALL=C grep -q $'[\x01-\x08\x0b\x0c\x0e-\x1f]' "$1"; then
    log json "${1##*/} has control characters"
    return 1
  fi
  printf '"'
  sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/\t/\\t/g' -e 's/\r/\\r/g' "$1" | tr '\n' '\001' | sed -e 's/\x01/\\n/g'
  printf '"'
}

# secret_read NAME FILE: the value, into a file that root alone may read. 0; 4: there is no such secret, or no value in
# it yet; 1: not known. Never on a command line, never in output. A right that was just given may take minutes to work.
secret_read() {
  local name="$1" file="$2" attempt delay=2 code
  for ((attempt = 1; attempt <= 6; attempt++)); do
    code=0
    secret_get "$name" "$file.new" || code=$?
    if ((code == 0)); then
      if [[ ! -s "$file.new" ]]; then
        rm -f "$file.new"
        log secret "$name is empty"
        return 1
      fi
      mv -f "$file.new" "$file"
      return 0
    fi
    rm -f "$file.new"
    ((code != 4)) || return 4
    log secret "$name: attempt $attempt of 6 failed"
    ((attempt < 6)) || break
    sleep "$delay"
    delay=$((delay < 30 ? delay * 2 : 60))
  done
  return 1
}

# secret_exists NAME: 0 when it has a value; 4 when not; 1 when nobody knows. Never take the last for the second.
secret_exists() {
  local code=0 file
  file="$(mktemp "$NODE_RUN/exists.XXXXXX")"
  secret_read "$1" "$file" || code=$?
  rm -f "$file" "$file.new"
  return "$code"
}

# secret_write NAME FILE: a new version of a secret that is there, from a file of text. Needs no right to read it.
secret_write() {
  retry 6 2 secret_put "$1" "$2"
}

# The console is what an operator sees of a machine in the cloud's own tools; the metric is what alarms listen to.
notify() {
  if [[ -w "$ROOT/dev/console" ]]; then printf 'gitlab-node %s: %s: %s\n' "$SCRIPT" "$1" "$2" >>"$ROOT/dev/console" || true; fi
  return 1
}

# bearer_fresh FILE: whether a header that was fetched less than four minutes ago lies there. Metadata services limit
# how often they are asked, and hand out tokens that hold for longer than that.
bearer_fresh() {
  [[ -s "$1" && -s "$1.at" ]] && (($(now) - $(<"$1.at") < 240))
}

# bearer_keep ANSWER FILE: makes the header from a token endpoint's answer.
bearer_keep() {
  local code=0
  {
    printf 'Authorization: Bearer '
    json_string access_token "$1"
    printf '\n'
  } >"$2.$BASHPID" || code=$?
  rm -f "$1"
  if ((code != 0)); then
    rm -f "$2.$BASHPID"
    log identity "the metadata service answered without a token"
    return 1
  fi
  mv -f "$2.$BASHPID" "$2"
  now >"$2.at"
}
