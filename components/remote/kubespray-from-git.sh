# The pinned kubespray from its repository: the tag must be the commit we know it by, so a moved tag is noticed.
set -eu
umask 077
dir="$home/kubespray-$DIGEST"
command -v git > /dev/null || die "git is missing on the controller. Install it, or bring kubespray along (kubespray.source.path)."
mkdir -p "$home"
exec 9> "$home/setup.lock"
flock -w 600 9 || die "another set-up of kubespray has held $home/setup.lock for 10 minutes"
if [ ! -e "$dir/ready" ]; then
  rm -rf "$dir"
  mkdir -p "$dir"
  git -c advice.detachedHead=false clone --quiet --depth 1 --branch "$VERSION" "$REPOSITORY" "$dir/kubespray" ||
    die "kubespray $VERSION could not be cloned from $REPOSITORY. Without internet on the controller: kubespray.source.path."
  found=$(git -C "$dir/kubespray" rev-parse HEAD)
  [ -z "$COMMIT" ] || [ "$found" = "$COMMIT" ] || die "tag $VERSION of $REPOSITORY is commit $found, not $COMMIT"
  venv "$dir/venv" "$dir/kubespray/requirements.txt"
  touch "$dir/ready"
fi
"$dir/venv/bin/python" -c 'import importlib.metadata as m; print("ansible-core", m.version("ansible-core"))'
