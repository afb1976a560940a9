#!/bin/bash
# Turns a fresh Amazon Linux 2023 instance into a NAT: forwards what the private
# subnets send and puts its own address on it. May run again at any time.
set -euo pipefail
root=${RUNG_ROOT:-} # tests run it below a directory of their own

# The elastic address arrives a moment after the start. Packages come from S3
# through the VPC's endpoint, so they are there without it, but try for a while.
installed=""
for _ in $(seq 1 30); do
  if dnf install -y nftables; then
    installed=yes
    break
  fi
  sleep 10
done
if [ -z "$installed" ]; then
  echo "nftables could not be installed: this instance forwards nothing" >&2
  exit 1
fi

mkdir -p "$root/etc/sysctl.d"
echo 'net.ipv4.ip_forward = 1' >"$root/etc/sysctl.d/90-rung-nat.conf"
sysctl -p "$root/etc/sysctl.d/90-rung-nat.conf"

device=$(ip -4 route show default | awk '{ print $5; exit }')
mkdir -p "$root/etc/nftables" "$root/etc/sysconfig"
cat >"$root/etc/nftables/rung-nat.nft" <<RULES
table ip rung_nat
delete table ip rung_nat
table ip rung_nat {
  chain out {
    type nat hook postrouting priority srcnat;
    oifname "$device" masquerade
  }
}
RULES
echo 'include "/etc/nftables/rung-nat.nft"' >"$root/etc/sysconfig/nftables.conf"
systemctl enable nftables
systemctl restart nftables
