# Lets the controller in: its public key (standard input) stands once in authorized_keys, an older one of the same cluster goes.
set -eu
umask 077
key=$(cat)
[ -n "$key" ] || { echo "no public key on standard input" >&2; exit 1; }
mkdir -p "$HOME/.ssh"
file="$HOME/.ssh/authorized_keys"
touch "$file"
if ! grep -qxF "$key" "$file"; then
  new=$(mktemp "$HOME/.ssh/authorized_keys.XXXXXX")
  awk -v mark="calispray-$CLUSTER" '$NF != mark' "$file" > "$new"
  printf '%s\n' "$key" >> "$new"
  mv "$new" "$file"
fi
echo authorised
