#!/bin/bash
# Turns a fresh Amazon Linux 2023 instance into a NAT: forwards what the private
# subnets send and puts its own address on it. May run again at any time.
set -euo pipefail

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

echo 'net.ipv4.ip_forward = 1' >/etc/sysctl.d/90-rung-nat.conf
sysctl -p /etc/sysctl.d/90-rung-nat.conf

device=$(ip -4 route show default | awk '{ print $5; exit }')
mkdir -p /etc/nftables /etc/sysconfig
cat >/etc/nftables/rung-nat.nft <<RULES
table ip rung_nat
delete table ip rung_nat
table ip rung_nat {
  chain out {
    type nat hook postrouting priority srcnat;
    oifname "$device" masquerade
  }
}
RULES
echo 'include "/etc/nftables/rung-nat.nft"' >/etc/sysconfig/nftables.conf
systemctl enable nftables
systemctl restart nftables
