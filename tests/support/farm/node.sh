#!/bin/sh
# node.sh DIR BASE NAME: one node of the farm, in its own network and mount namespace already: Debian's sshd as the base
# image configures it, with DIR/NAME/sshd.conf on top. The disk is a layer in memory over the base image.
set -eu
dir=$1 base=$2 name=$3
mine=$dir/$name root=$dir/$name/root
mount -t proc proc /proc
hostname "$name"
mkdir -p "$mine/layer" "$root"
mount -t tmpfs none "$mine/layer"
mkdir "$mine/layer/upper" "$mine/layer/work"
mount -t overlay overlay -o "lowerdir=$base,upperdir=$mine/layer/upper,workdir=$mine/layer/work" "$root"
mount --rbind /dev "$root/dev"
mount -t proc proc "$root/proc"
mount --rbind /sys "$root/sys" # of this network namespace: `ip netns exec` mounts it so
mkdir -p "$root/sys/fs/cgroup" 2>/dev/null || true
mount -t cgroup2 none "$root/sys/fs/cgroup" 2>/dev/null || mount -t tmpfs none "$root/sys/fs/cgroup"
# No systemd runs here; what looks for it looks for this folder.
mkdir -p "$root/run/sshd" "$root/run/systemd/system" "$root/root/.ssh"
chmod 700 "$root/root/.ssh"
cp "$dir/user_key.pub" "$root/root/.ssh/authorized_keys"
cp "$mine/host_key" "$root/etc/ssh/ssh_host_ed25519_key"
chmod 600 "$root/etc/ssh/ssh_host_ed25519_key" "$root/root/.ssh/authorized_keys"
cp "$mine/sshd.conf" "$root/etc/ssh/sshd_config.d/farm.conf"
printf '127.0.0.1 localhost %s\n' "$name" > "$root/etc/hosts"
printf 'nameserver 10.77.0.254\n' > "$root/etc/resolv.conf"
if [ -d "$dir/shared" ]; then
  mkdir "$root/shared"
  mount --bind "$dir/shared" "$root/shared"
fi
exec chroot "$root" /usr/sbin/sshd -D -e > "$mine/log" 2>&1
