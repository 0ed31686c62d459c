#!/bin/sh
# init.sh NODE_DIR NAME BASE BIN CRDS: first process of a node, in namespaces of its own: builds the root file system
# and becomes systemd. Nothing mounted here is seen outside.
set -eu
node=$1 name=$2 base=$3 bin=$4 crds=$5
cd "$node"
exec 9>&- # the keeper alone holds the door

# Our id and start time as the machine sees them: /proc is still the machine's.
read -r stat < /proc/self/stat
set -- ${stat##*) }
echo "${stat%% *} ${20}" > pid.half
mv pid.half pid

# Bound first, so that no folder's name has to be quoted for the overlay's options.
mount --bind "$base" lower
mount -t overlay overlay -o lowerdir=lower,upperdir=upper,workdir=work root
mount --bind -o ro "$bin" root/opt/calispray-lab/bin
mount --bind -o ro "$crds" root/opt/calispray-lab/crds
cd root

mount -t proc -o nosuid,nodev,noexec proc proc
mount -t sysfs -o nosuid,nodev,noexec,ro sysfs sys # read-only: systemd then leaves the machine's devices alone
mount -t tmpfs -o mode=755,size=128m tmpfs run
mount -t tmpfs -o mode=1777,size=1g tmpfs tmp

# Outside net/, what /proc/sys holds is the whole machine's.
mount --bind proc/sys proc/sys
mount --bind proc/sys/net proc/sys/net
mount -o remount,bind,ro proc/sys
for file in sysrq-trigger irq bus fs; do
  [ -e "proc/$file" ] || continue
  mount --bind "proc/$file" "proc/$file"
  mount -o remount,bind,ro "proc/$file"
done

mount -t tmpfs -o mode=755,size=1m tmpfs dev
mkdir dev/pts dev/shm dev/net
device() { mknod -m "$2" "dev/$1" c "$3" "$4"; }
device null 666 1 3
device zero 666 1 5
device full 666 1 7
device random 666 1 8
device urandom 666 1 9
device tty 666 5 0
device net/tun 600 10 200
mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts dev/pts
mount -t tmpfs -o mode=1777,size=64m tmpfs dev/shm
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
for n in 0:stdin 1:stdout 2:stderr; do ln -s "/proc/self/fd/${n%:*}" "dev/${n#*:}"; done

mkdir -p run/netns run/lock run/calispray-lab
while read -r type options mount dir; do
  [ "$mount" = . ] || { grep -q " $PWD/sys/fs/cgroup tmpfs" /proc/mounts || mount -t tmpfs -o mode=755,size=1m tmpfs sys/fs/cgroup; mkdir -p "sys/fs/cgroup/$mount"; }
  if [ "$options" = - ]; then mount -t cgroup2 cgroup2 "sys/fs/cgroup/$mount"; else mount -t cgroup -o "$options" cgroup "sys/fs/cgroup/$mount"; fi
done < "$node/cgroups"
hostname "$name"

mkdir run/old
pivot_root . run/old
cd /
umount --lazy /run/old
rmdir /run/old
exec env -i container=calispray-lab PATH=/usr/sbin:/usr/bin:/sbin:/bin \
  /lib/systemd/systemd --unit=multi-user.target --log-target=console --log-level=warning --show-status=0
