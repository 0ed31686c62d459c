# Writes the files on standard input ({"name": "text"}) below ~/.calispray/CLUSTER; those of an earlier inventory that are not
# rendered any more go away. What kubespray itself keeps beside them (artifacts/, credentials/) stays. desired.json, where it
# is among them, comes last, and desired.by.json says who laid it.
import fcntl, hashlib, json, os, pwd, sys, tempfile, time

home = os.path.join(os.path.expanduser("~"), ".calispray", sys.argv[1])
text = sys.stdin.read()
files = json.loads(text)
os.umask(0o077)
os.makedirs(home, exist_ok=True)
# A run that starts takes its snapshot under this lock: it gets one inventory, not half of each.
lock = open(os.path.join(home, "start.lock"), "w")
fcntl.flock(lock, fcntl.LOCK_EX)


def write(name, content):
    path = os.path.join(home, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    fd, temporary = tempfile.mkstemp(dir=os.path.dirname(path))
    try:
        with os.fdopen(fd, "w", encoding="utf-8") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())  # after a power cut there is the old file or the new one, not an empty one
        os.replace(temporary, path)
    except OSError as error:
        os.remove(temporary)
        sys.exit("%s could not be written on the controller: %s" % (path, error.strerror))


for name in sorted(files, key=lambda name: (name == "desired.json", name)):
    if name == "desired.json":
        client = os.environ.get("SSH_CONNECTION", "").split(" ")[0]
        who = pwd.getpwuid(os.getuid()).pw_name + (" from " + client if client else "")
        write("desired.by.json", json.dumps({"who": who, "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())}))
    write(name, files[name])
inventory = os.path.join(home, "inventory")
for folder, folders, names in os.walk(inventory):
    if folder == inventory:
        folders[:] = [name for name in folders if name not in ("artifacts", "credentials")]
    for name in names:
        path = os.path.join(folder, name)
        if os.path.relpath(path, home) not in files:
            os.remove(path)
# The time: what waits for this must look again, also where what was laid before is laid again.
print(hashlib.sha256(text.encode()).hexdigest(), time.time_ns())
