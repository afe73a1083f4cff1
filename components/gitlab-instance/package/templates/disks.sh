#!/bin/bash
# disks: both data disks, each formatted once, where it is blank and nothing says that it should not be; mounted;
# grown to its disk's size; and the package's own folders bound to the state disk.
#
# A disk counts as blank only when every one of several independent looks finds nothing. Whatever is found otherwise is
# left as it is, loudly: a person looks, no program.
SCRIPT=disks
# shellcheck source=components/node-files/templates/lib.sh
. "${NODE_ROOT:-}/opt/gitlab-node/lib.sh"

STATE="$ROOT$STATE_MOUNT"
REPOSITORIES="$ROOT$REPOSITORIES_MOUNT"

# find_device PATH: the block device, once it is there. On Azure images without azure-vm-utils the agent's own links
# name the same disk. Source: https://learn.microsoft.com/azure/virtual-machines/linux/azure-virtual-machine-utilities
find_device() {
  local wanted="$1" attempt path
  for ((attempt = 1; attempt <= 30; attempt++)); do
    for path in "$wanted" "/dev/disk/azure/scsi1/lun${wanted##*/by-lun/}"; do
      if [[ -e "$ROOT$path" ]]; then
        readlink -f "$ROOT$path"
        return 0
      fi
    done
    log wait "for $wanted"
    sleep 10
  done
  return 1
}

# zeros DEVICE SKIP: whether that MiB of it was read whole and has nothing but zero bytes.
zeros() {
  local sample="$NODE_RUN/sample" code=0
  dd "if=$1" "of=$sample" bs=1M count=1 "skip=$2" status=none || die "$1 cannot be read"
  [[ "$(stat -c %s "$sample")" == 1048576 ]] || die "$1 cannot be read whole"
  cmp -s -n 1048576 "$sample" /dev/zero || code=1
  rm -f "$sample"
  return "$code"
}

# look DEVICE: prints `blank`, or the type, label and UUID of the one file system that is on it. Dies on everything else.
look() {
  local device="$1" code=0 found children bytes
  found="$(blkid -p -o export "$device")" || code=$?
  if ((code == 0)); then
    printf '%s|%s|%s\n' "$(sed -n 's/^TYPE=//p' <<<"$found")" "$(sed -n 's/^LABEL=//p' <<<"$found")" \
      "$(sed -n 's/^UUID=//p' <<<"$found")"
    return 0
  fi
  # 2: nothing that blkid knows. Everything else: it could not look, or found several things.
  ((code == 2)) || die "$device cannot be read, or has more than one thing on it (blkid: $code)"
  found="$(wipefs --no-act --parsable "$device")" || die "wipefs could not look at $device"
  [[ -z "$(sed '/^#/d' <<<"$found")" ]] || die "$device has signatures of data: $found"
  children="$(lsblk -nr -o NAME "$device")" || die "lsblk could not look at $device"
  [[ "$(wc -l <<<"$children")" -eq 1 ]] || die "$device has partitions, or is part of something: $children"
  bytes="$(blockdev --getsize64 "$device")" || die "nobody can say how large $device is"
  if [[ ! "$bytes" =~ ^[0-9]+$ ]] || ((bytes < 16777216)); then die "$device has $bytes bytes: not a data disk"; fi
  # Both ends: tables of partitions and members of arrays have copies at the end.
  zeros "$device" 0 || die "$device has data at its beginning that no program here knows"
  zeros "$device" "$((bytes / 1048576 - 1))" || die "$device has data at its end that no program here knows"
  printf 'blank\n'
}

# expect NAME FOUND LABEL: dies unless that is the file system of this disk.
expect() {
  local name="$1" type label uuid
  IFS='|' read -r type label uuid <<<"$2"
  [[ "$type" == ext4 && "$label" == "$3" && -n "$uuid" ]] ||
    die "the $name disk has ${type:-an unknown file system} labelled '${label}', not ext4 labelled '$3': is it another disk?"
}

# mounted PATH: whether something is mounted exactly there.
mounted() {
  findmnt -n --mountpoint "$1" >/dev/null 2>&1
}

# bring UNIT PATH DEVICE: mounts it, and proves that it is this device that is there: a label may stand on two disks.
bring() {
  local unit="$1" path="$2" device="$3" source
  if ! mounted "$path"; then
    mkdir -p "$path"
    systemctl start "$unit"
  fi
  source="$(findmnt -n -o SOURCE --mountpoint "$path")" || die "$unit is started, and nothing is mounted on ${path#"$ROOT"}"
  [[ "$(readlink -f "$source")" == "$device" ]] || die "${path#"$ROOT"} is $source, not $device: another disk has the same label"
  systemctl enable "$unit" >&2
}

# in_use PATH: whether there is anything in a file system beside what making one puts there.
in_use() {
  [[ -n "$(find "$1" -mindepth 1 -maxdepth 1 ! -name lost+found -print -quit)" ]]
}

format() {
  log format "$2 is blank: making a file system labelled $1"
  mkfs.ext4 -q -m 1 -L "$1" "$2"
}

# bind UNIT FOLDER PATH: the package's own folder, on the state disk. What lies under it on the root disk would vanish.
bind() {
  local unit="$1" folder="$2" path="$3"
  mkdir -p "$folder" "$path"
  # What the package makes of its own folders.
  chmod 0755 "$folder"
  if ! mounted "$path"; then
    [[ -z "$(find "$path" -mindepth 1 -print -quit)" ]] ||
      die "${path#"$ROOT"} has files on the root disk: they would be hidden, look at them first"
    systemctl start "$unit"
  fi
  mounted "$path" || die "$unit is started, and nothing is mounted on ${path#"$ROOT"}"
  systemctl enable "$unit" >&2
}

systemctl daemon-reload
# shellcheck disable=SC2153 # from node.env
state_device="$(find_device "$STATE_DEVICE")" || die "the state disk $STATE_DEVICE is not attached"
# shellcheck disable=SC2153
repositories_device="$(find_device "$REPOSITORIES_DEVICE")" || die "the repositories disk $REPOSITORIES_DEVICE is not attached"
[[ "$state_device" != "$repositories_device" ]] || die "$STATE_DEVICE and $REPOSITORIES_DEVICE are the same disk"
state_found="$(look "$state_device")"
repositories_found="$(look "$repositories_device")"

# Each disk says whether the other one may be blank. A first boot that was cut off leaves empty file systems behind.
if [[ "$state_found" != blank ]]; then
  expect state "$state_found" "$STATE_LABEL"
  bring "$STATE_UNIT" "$STATE" "$state_device"
fi
if [[ "$repositories_found" != blank ]]; then
  expect repositories "$repositories_found" "$REPOSITORIES_LABEL"
  bring "$REPOSITORIES_UNIT" "$REPOSITORIES" "$repositories_device"
fi
if [[ "$state_found" == blank && "$repositories_found" != blank ]] && in_use "$REPOSITORIES"; then
  die "the state disk is blank, but the repositories disk has Git data: attach the state disk, or restore it from its newest snapshot"
fi
if [[ "$repositories_found" == blank && "$state_found" != blank && -s "$STATE/repositories.uuid" ]]; then
  die "the repositories disk is blank, but this state disk belongs to the file system $(<"$STATE/repositories.uuid"): attach that disk, or restore it from its newest snapshot. If it is lost for good and the repositories are to come back from a backup, remove ${STATE_MOUNT}/repositories.uuid"
fi
if [[ "$state_found" == blank ]]; then
  format "$STATE_LABEL" "$state_device"
  bring "$STATE_UNIT" "$STATE" "$state_device"
fi
if [[ "$repositories_found" == blank ]]; then
  format "$REPOSITORIES_LABEL" "$repositories_device"
  bring "$REPOSITORIES_UNIT" "$REPOSITORIES" "$repositories_device"
  repositories_found="$(look "$repositories_device")"
  expect repositories "$repositories_found" "$REPOSITORIES_LABEL"
fi

uuid="${repositories_found##*|}"
if [[ -s "$STATE/repositories.uuid" ]]; then
  [[ "$(<"$STATE/repositories.uuid")" == "$uuid" ]] ||
    die "the repositories disk is $uuid, and this state disk belongs to $(<"$STATE/repositories.uuid"): if that is meant, remove ${STATE_MOUNT}/repositories.uuid"
else
  printf '%s\n' "$uuid" >"$STATE/repositories.uuid.new"
  sync "$STATE/repositories.uuid.new"
  mv -f "$STATE/repositories.uuid.new" "$STATE/repositories.uuid"
fi

# Nothing to do where the file system is as large as its disk. Works while it is mounted.
# Source: https://manpages.ubuntu.com/manpages/noble/man8/resize2fs.8.html
resize2fs "$state_device" >&2
resize2fs "$repositories_device" >&2

chmod 0755 "$STATE" "$REPOSITORIES"
bind etc-gitlab.mount "$STATE/etc-gitlab" "$ROOT/etc/gitlab"
bind var-opt-gitlab.mount "$STATE/var-opt-gitlab" "$ROOT/var/opt/gitlab"
mkdir -p "$STATE/packages" "$STATE/upkeep"
log "done" "mounted"
