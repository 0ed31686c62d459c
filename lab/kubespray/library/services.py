#!/usr/bin/python
"""Systemd services together with the files they read, in one step.

A service is restarted only when one of its own files changed, so a second run
touches nothing; a service that is down is started. Files are written whole or not
at all. With `state: absent` the services are stopped and their files removed.

    services:
      - name: etcd.service
        unit: "[Unit]…"                   # /etc/systemd/system/<name>
        files: [{path, content, mode}]    # mode is octal, '0644' by default
        restart: false                    # restart whatever the files say
        start: true                       # false: only installed (another service starts it)
        wait: true                        # false: its start is not waited for
        report: /run/x/notes              # its lines are shown as warnings and returned
    files: [{path, content, mode}]        # that belong to no service
    needs: [/tmp/releases/x]              # fails as `copy` does where one is not on the node
"""
import json
import os
import subprocess
import sys
import tempfile

GIVEN = r"""<<INCLUDE_ANSIBLE_MODULE_JSON_ARGS>>"""
UNITS = "/etc/systemd/system"


def write(path, content, mode):
    """True when the file had to be written."""
    data = content.encode()
    try:
        with open(path, "rb") as f:
            same = f.read() == data
        if same and os.stat(path).st_mode & 0o7777 == mode:
            return False
    except FileNotFoundError:
        os.makedirs(os.path.dirname(path), mode=0o755, exist_ok=True)
    fd, tmp = tempfile.mkstemp(dir=os.path.dirname(path), prefix=".tmp-")
    with os.fdopen(fd, "wb") as f:
        f.write(data)
    os.chmod(tmp, mode)
    os.rename(tmp, path)
    return True


def end(**result):
    print(json.dumps(result))
    sys.exit(1 if result.get("failed") else 0)


def systemctl(*args, check=True):
    run = subprocess.run(["systemctl", *args], capture_output=True, text=True)
    if check and run.returncode != 0:
        unit = args[-1]
        log = subprocess.run(["journalctl", "-u", unit, "-n", "15", "-o", "cat", "--no-pager"], capture_output=True, text=True)
        end(failed=True, msg="systemctl %s: %s" % (" ".join(args), run.stderr.strip()), log=log.stdout.splitlines())
    return run.stdout.strip()


def written(files):
    return [f["path"] for f in files if write(f["path"], f["content"], int(f.get("mode", "0644"), 8))]


def install(services, files):
    changed, reload, done = written(files), False, []
    for s in services:
        dirty = written(s.get("files") or [])
        if write(os.path.join(UNITS, s["name"]), s["unit"], 0o644):
            dirty.append(s["name"])
            reload = True
        changed += dirty
        s["dirty"] = bool(dirty) or bool(s.get("restart"))
    if reload:
        systemctl("daemon-reload")
    wanted = [s for s in services if s.get("start", True)]
    if wanted:
        names = [s["name"] for s in wanted]
        enabled = systemctl("is-enabled", *names, check=False).split()
        if len(enabled) != len(names) or set(enabled) != {"enabled"}:
            systemctl("enable", "--quiet", *names)
            changed.append("enabled")
        active = systemctl("is-active", *names, check=False).split()
        for s, state in zip(wanted, active):
            if s["dirty"] or state not in ("active", "activating"):
                systemctl("restart", *([] if s.get("wait", True) else ["--no-block"]), s["name"])
                done.append(s["name"])
    notes = []
    for s in services:
        if s.get("report") and os.path.exists(s["report"]):
            with open(s["report"]) as f:
                notes += f.read().splitlines()
    end(changed=bool(changed or done), written=changed, restarted=done, notes=notes, warnings=notes)


def main():
    given = json.loads(GIVEN)
    for path in given.get("needs", []):
        if not os.path.exists(path):
            end(failed=True, msg="Source %s not found" % path)
    install(given["services"], given.get("files", []))


if __name__ == "__main__":
    main()
