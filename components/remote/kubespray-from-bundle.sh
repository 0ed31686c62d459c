# kubespray and its wheels out of a tar that was brought along: {kubespray/, wheels/}. Needs no internet.
set -eu
umask 077
dir="$home/kubespray-$DIGEST"
mkdir -p "$home"
exec 9> "$home/setup.lock"
flock -w 600 9 || die "another set-up of kubespray has held $home/setup.lock for 10 minutes"
if [ ! -e "$dir/ready" ]; then
  rm -rf "$dir"
  mkdir -p "$dir"
  tar -xf "$HOME/$BUNDLE" -C "$dir" --no-same-owner
  # The environment belongs to its requirements: a playbook that changed does not make it again.
  shared="venv-$(sha256sum < "$dir/wheels/requirements.txt" | cut -c1-16)"
  if [ ! -e "$home/$shared/ready" ]; then
    rm -rf "${home:?}/$shared"
    venv "$home/$shared" "$dir/wheels/requirements.txt" --no-index --find-links "$dir/wheels" --require-hashes --no-deps
    touch "$home/$shared/ready"
  fi
  ln -s "../$shared" "$dir/venv"
  rm -rf "$dir/wheels"
  touch "$dir/ready"
fi
"$dir/venv/bin/python" -c 'import importlib.metadata as m; print("ansible-core", m.version("ansible-core"))'
