# Shared by the scripts below; joined in front of them.
home="$HOME/.calispray/$CLUSTER"
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }
die() { printf '%s\n' "$*" >&2; exit 1; }

# venv DIR REQUIREMENTS [pip options]: Ansible's own Python, compiled on first use (three times faster to make)
venv() {
  venv=$1 requirements=$2
  shift 2
  python3 -m venv "$venv" || die "python3 -m venv failed on the controller. On Debian and Ubuntu: apt-get install python3-venv."
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-compile "$@" --requirement "$requirements" ||
    die "pip could not install $requirements on the controller."
}
