#!/bin/bash
# Mounts the data volume at /data. Formats it only if it is certain that there
# is nothing on it.
set -euo pipefail
root=${RUNG_ROOT:-}
# shellcheck source=/dev/null
. "$root/etc/rung/server.env"

# The volume is attached after the instance has started; its device is named
# after its id, whatever order the disks come in.
device=$root/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_${RUNG_VOLUME/-/}
for _ in $(seq 1 300); do
  [ -e "$device" ] && break
  sleep 2
done
if ! [ -e "$device" ]; then
  echo "volume $RUNG_VOLUME is not attached" >&2
  exit 1
fi

# blkid answers 2 when it has looked and found nothing. Anything else, an error
# too, means that there may be data. mkfs.xfs without -f refuses as well.
status=0
type=$(blkid -p -o value -s TYPE "$device") || status=$?
if [ "$status" -eq 2 ]; then
  mkfs.xfs -L rung-data "$device"
elif [ "$status" -ne 0 ] || [ "$type" != xfs ]; then
  echo "volume $RUNG_VOLUME holds something else than xfs (blkid: $status, '$type'): not touched" >&2
  exit 1
fi

uuid=$(blkid -p -o value -s UUID "$device")
if ! grep -q "^UUID=$uuid " "$root/etc/fstab"; then
  echo "UUID=$uuid /data xfs defaults,nofail,x-systemd.device-timeout=120 0 2" >>"$root/etc/fstab"
  systemctl daemon-reload
fi
mkdir -p "$root/data"
mountpoint -q "$root/data" || mount "$root/data"
