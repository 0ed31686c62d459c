# The pinned kubespray from its repository: the tag must be the commit we know it by, so a moved tag is noticed. What its
# environment is made of stands on standard input, with hashes; nothing there: a release we do not know, taken as it is.
set -eu
umask 077
command -v git > /dev/null || die "git is missing on the controller. Install it, or bring kubespray along (kubespray.source.path)."
kubespray_folder
if [ ! -e "$dir/ready" ]; then
  mkdir -p "$dir"
  cat > "$dir/requirements.txt"
  git -c advice.detachedHead=false clone --quiet --depth 1 --branch "$VERSION" "$REPOSITORY" "$dir/kubespray" ||
    die "kubespray $VERSION could not be cloned from $REPOSITORY. Without internet on the controller: kubespray.source.path."
  found=$(git -C "$dir/kubespray" rev-parse HEAD)
  [ -z "$COMMIT" ] || [ "$found" = "$COMMIT" ] || die "tag $VERSION of $REPOSITORY is commit $found, not $COMMIT"
  if [ -s "$dir/requirements.txt" ]; then
    venv "$dir/venv" "$dir/requirements.txt" --require-hashes --only-binary :all: --no-deps
  else
    echo "no hashes are known for kubespray $VERSION: its requirements.txt is taken as it is"
    venv "$dir/venv" "$dir/kubespray/requirements.txt"
  fi
  touch "$dir/ready"
fi
ansible_version
