# kubespray and its wheels out of a tar that was brought along: {kubespray/, wheels/}. Needs no internet.
set -eu
umask 077
kubespray_folder
if [ ! -e "$dir/ready" ]; then
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
ansible_version
