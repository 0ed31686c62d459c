# Lays the runner: the files on standard input ({"name": "text"}) below ~/.calispray/CLUSTER/runner, each by rename, since a
# run may be at work with the older ones. What is not among them any more goes away.
import hashlib, json, os, sys, tempfile

runner = os.path.join(os.path.expanduser("~"), ".calispray", sys.argv[1], "runner")
text = sys.stdin.read()
files = json.loads(text)
os.umask(0o077)
if sys.version_info < (3, 9):
    sys.exit("python3 on the controller is %d.%d; 3.9 is the least." % sys.version_info[:2])
for name, content in sorted(files.items()):
    path = os.path.join(runner, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    fd, temporary = tempfile.mkstemp(dir=os.path.dirname(path))
    with os.fdopen(fd, "w", encoding="utf-8") as out:
        out.write(content)
    os.replace(temporary, path)
for folder, _, names in os.walk(runner):
    for name in names:
        path = os.path.join(folder, name)
        if not folder.endswith("__pycache__") and os.path.relpath(path, runner) not in files:
            os.remove(path)
print(hashlib.sha256(text.encode()).hexdigest())
