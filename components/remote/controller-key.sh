# The controller's own key pair, made once and never moved: only the public half is printed.
set -eu
umask 077
home="$HOME/.calispray/$CLUSTER"
mkdir -p "$home"
if [ ! -s "$home/id_ed25519" ] || [ ! -s "$home/id_ed25519.pub" ]; then
  rm -f "$home/id_ed25519" "$home/id_ed25519.pub" "$home/id_ed25519.new" "$home/id_ed25519.new.pub"
  ssh-keygen -q -t ed25519 -N '' -C "calispray-$CLUSTER" -f "$home/id_ed25519.new"
  mv "$home/id_ed25519.new.pub" "$home/id_ed25519.pub"
  mv "$home/id_ed25519.new" "$home/id_ed25519"
fi
cat "$home/id_ed25519.pub"
