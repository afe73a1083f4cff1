#!/bin/bash
# mounts ensure: mounts what this role needs and proves it. mounts check: proves it. mounts drop: lets go of Git data.
# GitLab never starts on an unmounted path: it would write into the machine's own disk and look empty.
SCRIPT=mounts
# shellcheck source=components/node-files/templates/lib.sh
. "${NODE_ROOT:-}/opt/gitlab-node/lib.sh"

GIT_DIR="$ROOT/mnt/git-data"
SHARED_DIR="$ROOT/mnt/gitlab-shared"

writes_git() { [[ "$NODE_ROLE" =~ ^(gitaly|single)$ ]]; }
shares_objects() { [[ "$OBJECTS_KIND" == efs && "$NODE_ROLE" != gitaly ]]; }

# mounted PATH TYPE: whether that path is a mount point of that file system.
mounted() {
  local found
  found="$(findmnt -no FSTYPE --mountpoint "$1" 2>/dev/null)" || return 1
  [[ "$found" == "$2" ]] || die "$1 is mounted as $found, not as $2"
}

# EFS over TLS with the machine's role, through the access point.
# Source: https://docs.aws.amazon.com/efs/latest/ug/mounting-access-points.html
mount_efs() {
  local path="$1" id="$2" point="$3"
  mkdir -p "$path"
  mounted "$path" nfs4 && return 0
  log mount "$id through $point on ${path#"$ROOT"}"
  timeout 120 mount -t efs -o "tls,iam,accesspoint=$point,_netdev,noresvport" "$id:/" "$path"
}

# The device of an EBS volume, by the serial number under which NVMe shows its id (without the dash).
# Source: https://docs.aws.amazon.com/ebs/latest/userguide/nvme-ebs-volumes.html
volume_device() {
  printf '%s/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_%s\n' "$ROOT" "${GIT_VOLUME_ID//-/}"
}

# Attaches the volume. From a machine that is gone it is taken; from one that may still run, never by force: its lease
# has lapsed, but only its end proves that it writes no more.
attach_volume() {
  local state holder device
  device="$(volume_device)"
  [[ ! -e "$device" ]] || return 0
  holder="$(timeout 60 aws ec2 describe-volumes --volume-ids "$GIT_VOLUME_ID" \
    --query 'Volumes[0].Attachments[0].InstanceId' --output text)" || return 1
  if [[ "$holder" != None && "$holder" != "$(instance_id)" ]]; then
    state="$(timeout 60 aws ec2 describe-instances --instance-ids "$holder" \
      --query 'Reservations[0].Instances[0].State.Name' --output text)" || return 1
    if [[ "$state" != terminated && "$state" != stopped ]]; then
      log volume "$GIT_VOLUME_ID is attached to $holder, which is $state"
      return 1
    fi
    log volume "taking $GIT_VOLUME_ID from $holder, which is $state"
    timeout 60 aws ec2 detach-volume --volume-id "$GIT_VOLUME_ID" --instance-id "$holder" --force >/dev/null || return 1
    return 1
  fi
  if [[ "$holder" == None ]]; then
    timeout 60 aws ec2 attach-volume --volume-id "$GIT_VOLUME_ID" --instance-id "$(instance_id)" \
      --device /dev/sdf >/dev/null || return 1
  fi
  [[ -e "$device" ]]
}

mount_volume() {
  local device code=0
  mounted "$GIT_DIR" ext4 && return 0
  retry 20 5 attach_volume
  device="$(volume_device)"
  # 2: nothing that blkid knows. Everything else has data on it, or cannot be read, and is left alone.
  blkid -p "$device" >/dev/null || code=$?
  if ((code == 2)); then
    log volume "$GIT_VOLUME_ID is empty: making a file system"
    mkfs.ext4 -q -m 1 -L git-data "$device"
  elif ((code != 0)); then
    die "$device cannot be read (blkid: $code)"
  fi
  mkdir -p "$GIT_DIR"
  log mount "$GIT_VOLUME_ID on ${GIT_DIR#"$ROOT"}"
  mount -t ext4 -o noatime,nosuid,nodev "$device" "$GIT_DIR"
}

check() {
  if writes_git; then
    case "$GIT_STORAGE_KIND" in
      efs) mounted "$GIT_DIR" nfs4 || die "$GIT_DIR is not mounted" ;;
      ebs) mounted "$GIT_DIR" ext4 || die "$GIT_DIR is not mounted" ;;
    esac
  fi
  if shares_objects; then mounted "$SHARED_DIR" nfs4 || die "$SHARED_DIR is not mounted"; fi
}

case "${1:-}" in
  ensure)
    if writes_git; then
      case "$GIT_STORAGE_KIND" in
        efs) retry 10 5 mount_efs "$GIT_DIR" "$GIT_EFS_ID" "$GIT_EFS_ACCESS_POINT" ;;
        ebs) mount_volume ;;
        *) die "no such storage: $GIT_STORAGE_KIND" ;;
      esac
    fi
    if shares_objects; then retry 10 5 mount_efs "$SHARED_DIR" "$OBJECTS_EFS_ID" "$OBJECTS_EFS_ACCESS_POINT"; fi
    check
    ;;
  check) check ;;
  *) die "usage: mounts ensure|check" ;;
esac
