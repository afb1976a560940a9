#!/bin/bash
# Fits PostgreSQL and Valkey to the memory of the instance, on each start, since
# the instance type may have changed. The log has all that a move to another server
# wants, which only a start decides, and keeps a fifth of the disk for a slot at most: a
# forgotten one must not fill it. A fifth of the memory is PostgreSQL's own,
# a tenth Valkey's; the rest is the app's and the file cache's.
set -euo pipefail
root=${RUNG_ROOT:-}
disk=$(df -Pm "$root/data" | awk 'NR == 2 { print $2 }')
mib=$(awk '/^MemTotal:/ { print int($2 / 1024) }' "$root/proc/meminfo")

echo "GOMEMLIMIT=$((mib * 2 / 5))MiB" >"$root/etc/rung/memory.env"
cat >"$root/etc/rung/postgresql.conf" <<CONF
shared_buffers = $((mib / 5))MB
effective_cache_size = $((mib / 2))MB
maintenance_work_mem = $((mib / 20))MB
work_mem = $((mib / 400 + 1))MB
max_connections = 100
random_page_cost = 1.1
wal_compression = on
wal_level = logical
max_slot_wal_keep_size = $((disk / 5))MB
password_encryption = scram-sha-256
CONF
cat >"$root/etc/rung/valkey.conf" <<CONF
bind 127.0.0.1 -::1
port 6379
dir /data/valkey
appendonly yes
maxmemory $((mib / 10))mb
maxmemory-policy allkeys-lru
CONF
