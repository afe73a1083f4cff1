# shellcheck shell=bash
# What every loader does with a bundle that it has fetched to $STAGE/bundle. Its text is put into the loader; `fail`,
# `log`, ROOT and STAGE are the loader's.

# unpack: proves each file by its SHA-256. The list of files ends at the first empty line; their contents follow in the
# same order, without anything between.
unpack() {
  local offset number=0 sum mode bytes path found
  sed '/^$/q' "$STAGE/bundle" >"$STAGE/list"
  offset="$(wc -c <"$STAGE/list")"
  while read -r sum mode bytes path; do
    [[ -n "$sum" ]] || break
    [[ "$sum" =~ ^[0-9a-f]{64}$ && "$mode" =~ ^0[0-7]{3}$ && "$bytes" =~ ^[0-9]+$ && "$path" == /* ]] ||
      fail "the bundle's list has a bad line"
    number=$((number + 1))
    # Reads by file and not by pipe: a reader that closes early would fail the writer under pipefail.
    tail -c "+$((offset + 1))" "$STAGE/bundle" >"$STAGE/rest"
    head -c "$bytes" "$STAGE/rest" >"$STAGE/$number"
    found="$(sha256sum "$STAGE/$number")"
    [[ "${found%% *}" == "$sum" ]] || fail "$path is not whole in the bundle"
    offset=$((offset + bytes))
  done <"$STAGE/list"
}

# install_files: nothing is installed before everything is proved; each file then appears whole, under its own name.
install_files() {
  local number=0 sum mode bytes path
  while read -r sum mode bytes path; do
    [[ -n "$sum" ]] || break
    number=$((number + 1))
    mkdir -p "$ROOT${path%/*}"
    install -m "$mode" "$STAGE/$number" "$ROOT$path.new"
    mv -f "$ROOT$path.new" "$ROOT$path"
    log install "$path"
  done <"$STAGE/list"
}
