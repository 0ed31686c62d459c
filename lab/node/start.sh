#!/bin/sh
# start.sh NODE_DIR NAME BASE BIN CRDS: already in the node's network namespace; enters the node's cgroups, then makes
# its other namespaces. `unshare` stays behind as the keeper: with it the whole node ends.
set -eu
node=$1
cd "$node"

# At most one first process a disk: a start that a killed command left on its way finds the door shut.
exec 9>lock
flock --nonblock 9 || { echo "another start of this node is under way"; exit 75; }

while read -r type options mount dir; do
  mkdir -p "$dir"
  if [ -e "$dir/cpuset.cpus" ] && [ "$type" = cgroup ]; then # version 1: a new cpuset has no processor
    cat "${dir%/*}/cpuset.cpus" > "$dir/cpuset.cpus"
    cat "${dir%/*}/cpuset.mems" > "$dir/cpuset.mems"
  fi
  echo 0 > "$dir/cgroup.procs"
done < cgroups

exec unshare --mount --uts --ipc --pid --cgroup --fork --kill-child -- "${0%/*}/init.sh" "$@"
