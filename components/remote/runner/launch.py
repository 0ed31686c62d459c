"""Starts job.py apart from everything that may end: the connection, the one who called, the session."""
from __future__ import annotations

import os
import subprocess
import sys
import time
import uuid

from store import Home, Refused, read_json

PATIENCE = 40  # seconds until a job has said that it is there


def launch(home: Home, run: str, attempt: int, become: bool) -> None:
    """Returns when the job holds the lock. Refused where it does not come."""
    token = uuid.uuid4().hex
    job = [sys.executable or "/usr/bin/python3", home.at("runner", "job.py"), home.path, run, token]
    as_root = ["sudo", "-n"] if become else []
    unit = f"calispray-{home.name}-{run}-{attempt}"
    if os.path.isdir("/run/systemd/system") and rooted(as_root):
        # A unit of its own: with KillUserProcesses, or where sshd's session is a scope, a daemon would end with the connection.
        options = ["--quiet", "--collect", f"--unit={unit}", f"--uid={os.getuid()}", f"--gid={os.getgid()}"]
        home_of_user = f"--setenv=HOME={os.path.expanduser('~')}"
        words = [*as_root, "systemd-run", *options, home_of_user, *job]
        done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        if done.returncode != 0:
            raise Refused(f"systemd-run refused to start run {run}: {done.stdout.strip()[:400]}")
        where = f"journalctl -u {unit}"
    else:
        where = home.run(run, "job.out")
        with open(where, "wb") as out:
            subprocess.Popen(job, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True, cwd="/")
    end = time.monotonic() + PATIENCE
    while (read_json(home.run(run, "run.json")) or {}).get("token") != token:
        if time.monotonic() > end:
            raise Refused(f"run {run} did not start within {PATIENCE} s; see {where} on the controller.")
        time.sleep(0.05)


def rooted(as_root: list[str]) -> bool:
    try:
        done = subprocess.run([*as_root, "id", "-u"], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    except OSError:
        return False
    return done.stdout.strip() == "0"
