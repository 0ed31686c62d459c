# Starts (or finds) run $DIGEST of a playbook, detached from this connection, follows it, and ends as it ended.
# On the controller stay: runs/DIGEST/{job,log,result}. Printed, and so kept in the state, is only a line a play.
set -eu
umask 077
run="$home/runs/$DIGEST"
mkdir -p "$run"
kubespray="$home/$KUBESPRAY"
inventory="$home/inventory"
# What group_vars cannot say, since a role's own vars/ win over them, is passed with -e.
extra=
[ ! -e "$inventory/extra-vars.json" ] || extra="-e \"@$inventory/extra-vars.json\""

running() { ! flock --nonblock "$home/run.lock" true; }   # the job holds this lock as long as it lives: the kernel lets go, not we

start() {
  rm -f "$run/result" "$home/running"
  : > "$run/log"
  cat > "$run/job" <<JOB
#!/bin/sh
exec 9> "$home/run.lock"
flock --nonblock 9 || exit 75
echo "$DIGEST" > "$home/running"
cd "$kubespray/kubespray"
export HOME="$HOME" PATH="$kubespray/venv/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" LANG=C.UTF-8
export ANSIBLE_CONFIG="$kubespray/kubespray/ansible.cfg" ANSIBLE_NOCOLOR=1 ANSIBLE_FORCE_COLOR=0 ANSIBLE_HOST_KEY_CHECKING=True
export ANSIBLE_FORKS=$FORKS
export ANSIBLE_SSH_ARGS="-o ControlMaster=auto -o ControlPersist=30m -o UserKnownHostsFile=$home/known_hosts -o StrictHostKeyChecking=yes"
timeout --kill-after=60 "$LIMIT" ansible-playbook -i "$inventory/hosts.yaml" -b --private-key="$home/id_ed25519" $extra $PLAYBOOK >> "$run/log" 2>&1 9>&-
code=\$?
echo \$code > "$run/result.new"
mv "$run/result.new" "$run/result"
JOB
  if [ -d /run/systemd/system ] && [ "$(as_root id -u 2> /dev/null)" = 0 ]; then
    as_root systemd-run --quiet --collect --unit="calispray-$CLUSTER-$SHORT" --uid="$(id -u)" --gid="$(id -g)" /bin/sh "$run/job" < /dev/null 8>&-
  else
    setsid nohup /bin/sh "$run/job" < /dev/null > /dev/null 2>&1 8>&- &
  fi
  waited=0
  until [ "$(cat "$home/running" 2> /dev/null)" = "$DIGEST" ]; do
    waited=$((waited + 1))
    [ "$waited" -le 100 ] || die "run $SHORT did not start within 10 s; see journalctl -u calispray-$CLUSTER-$SHORT on the controller"
    sleep 0.1
  done
}

# Two who come at once: the second waits here, then finds the run of the first.
exec 8> "$home/start.lock"
flock -w 60 8 || die "another start has held $home/start.lock for a minute"
touch "$home/run.lock"
if running; then
  other=$(cat "$home/running" 2> /dev/null || echo unknown)
  [ "$other" = "$DIGEST" ] || die "run $other is at work on the controller; wait for it, its log is $home/runs/$other/log"
  echo "found run $SHORT at work, following it"
elif [ "$(cat "$run/result" 2> /dev/null)" = 0 ]; then
  echo "run $SHORT was carried out before, nothing to do"
  exit 0
else
  start
fi
exec 8>&-

# One line a play, each cut to 100 characters and 18 of them at most: what is printed here stays in the state.
seen=0
shown=0
while :; do
  ended=
  [ -e "$run/result" ] && ended=1
  running || ended=1
  plays=$(grep -c '^PLAY \[' "$run/log" || true)
  if [ "$plays" -gt "$seen" ]; then
    grep '^PLAY \[' "$run/log" | tail -n "+$((seen + 1))" | while IFS= read -r line; do
      shown=$((shown + 1))
      [ $((seen + shown)) -gt 18 ] || printf '%.100s\n' "$line" | sed 's/^PLAY \[\(.*\)\].*/play: \1/'
    done
    seen=$plays
  fi
  [ -z "$ended" ] || break
  sleep 0.3
done

waited=0
until [ -e "$run/result" ] || [ "$waited" -ge 20 ]; do waited=$((waited + 1)); sleep 0.1; done
[ -e "$run/result" ] || die "run $SHORT was killed before it ended. Running again picks it up; its log is $run/log on the controller."
code=$(cat "$run/result")
if [ "$code" = 0 ]; then
  grep -E ' +: ok=[0-9]+' "$run/log" | tail -n 20 | sed 's/  */ /g' | cut -c1-80
  exit 0
fi
grep -E '^(fatal|failed|ERROR)' "$run/log" | tail -n 3 | cut -c1-600 >&2
[ "$code" != 124 ] || echo "the run was ended after $LIMIT s" >&2
die "ansible-playbook $PLAYBOOK ended with status $code. The whole log is $run/log on the controller; mend the cause and run again."
