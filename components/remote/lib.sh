# Shared by the scripts below; joined in front of them.
home="$HOME/.calispray/$CLUSTER"
as_root() { if [ "$BECOME" = true ]; then sudo -n "$@"; else "$@"; fi; }   # the stack's ssh.become
die() { printf '%s\n' "$*" >&2; exit 1; }

# The folder of this kubespray as $dir, held by a lock against another set-up; one that was left half made is gone.
kubespray_folder() {
  dir="$home/kubespray-$DIGEST"
  mkdir -p "$home"
  exec 9> "$home/setup.lock"
  flock -w 600 9 || die "another set-up of kubespray has held $home/setup.lock for 10 minutes"
  [ -e "$dir/ready" ] || rm -rf "$dir"
}
ansible_version() { "$dir/venv/bin/python" -c 'import importlib.metadata as m; print("ansible-core", m.version("ansible-core"))'; }

# venv DIR REQUIREMENTS [pip options]: Ansible's own Python, compiled on first use (three times faster to make)
venv() {
  venv=$1 requirements=$2
  shift 2
  python3 -m venv "$venv" || die "python3 -m venv failed on the controller. On Debian and Ubuntu: apt-get install python3-venv."
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-compile "$@" --requirement "$requirements" ||
    die "pip could not install $requirements on the controller."
}
