# The pinned kubespray from its repository: the tag must be the commit we know it by, so a moved tag is noticed.
set -eu
umask 077
command -v git > /dev/null || die "git is missing on the controller. Install it, or bring kubespray along (kubespray.source.path)."
kubespray_folder
if [ ! -e "$dir/ready" ]; then
  mkdir -p "$dir"
  git -c advice.detachedHead=false clone --quiet --depth 1 --branch "$VERSION" "$REPOSITORY" "$dir/kubespray" ||
    die "kubespray $VERSION could not be cloned from $REPOSITORY. Without internet on the controller: kubespray.source.path."
  found=$(git -C "$dir/kubespray" rev-parse HEAD)
  [ -z "$COMMIT" ] || [ "$found" = "$COMMIT" ] || die "tag $VERSION of $REPOSITORY is commit $found, not $COMMIT"
  venv "$dir/venv" "$dir/kubespray/requirements.txt"
  touch "$dir/ready"
fi
ansible_version
