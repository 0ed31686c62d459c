#!/bin/sh
# start.sh DIR BASE COUNT: first process of a farm, in mount, network and process namespaces of its own: a bridge, which is
# where the one who asks stands, and COUNT nodes on it, each with its own network, disk, host key and sshd. It prints
# `ready` when all of them listen. Nothing of it is seen outside, and all of it ends with this process.
set -eu
dir=$1 base=$2 count=$3
here=${0%/*}
mount --make-rprivate /
mount -t tmpfs -o mode=755 none /run # names of network namespaces, ours alone
mkdir /run/netns
ip link set lo up
ip link add br0 type bridge
ip address add 10.77.0.254/24 dev br0
ip link set br0 up

number=1
while [ "$number" -le "$count" ]; do
  name=node$number
  ip netns add "$name"
  ip link add "port$number" type veth peer name eth0 netns "$name"
  ip link set "port$number" master br0 up
  ip -netns "$name" -batch - <<BATCH
link set lo up
address add 10.77.0.$number/24 dev eth0
link set eth0 up
route add default via 10.77.0.254
BATCH
  ip netns exec "$name" unshare --uts --pid --fork --kill-child sh "$here/node.sh" "$dir" "$base" "$name" &
  number=$((number + 1))
done

number=1
while [ "$number" -le "$count" ]; do
  until grep -q 'Server listening' "$dir/node$number/log" 2>/dev/null; do sleep 0.05; done
  number=$((number + 1))
done
echo ready
wait
