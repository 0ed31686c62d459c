# Writes the files on standard input ({"name": "text"}) below ~/.calispray/CLUSTER; those of an earlier inventory that are not
# rendered any more go away. What kubespray itself keeps beside them (artifacts/, credentials/) stays.
import hashlib, json, os, sys, tempfile

home = os.path.join(os.path.expanduser("~"), ".calispray", sys.argv[1])
text = sys.stdin.read()
files = json.loads(text)
os.umask(0o077)
for name, content in sorted(files.items()):
    path = os.path.join(home, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    fd, temporary = tempfile.mkstemp(dir=os.path.dirname(path))
    with os.fdopen(fd, "w") as out:
        out.write(content)
    os.replace(temporary, path)
inventory = os.path.join(home, "inventory")
for folder, folders, names in os.walk(inventory):
    if folder == inventory:
        folders[:] = [name for name in folders if name not in ("artifacts", "credentials")]
    for name in names:
        path = os.path.join(folder, name)
        if os.path.relpath(path, home) not in files:
            os.remove(path)
print(hashlib.sha256(text.encode()).hexdigest())
