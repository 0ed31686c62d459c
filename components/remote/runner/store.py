"""The folder ~/.calispray/CLUSTER on the controller: what lies where, and reading, writing and locking it.

Every file is written beside its place and renamed: who reads finds the old or the new one, never half of one.
"""
from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
import pwd
import socket
import sys
import tempfile
import time
from typing import Any, Optional


class Refused(Exception):
    """What a user is told in words, without a traceback."""


class Home:
    """Paths below the folder of one cluster."""

    def __init__(self, path: str) -> None:
        self.path = os.path.abspath(path)

    @staticmethod
    def of(cluster: str) -> "Home":
        return Home(os.path.join(os.path.expanduser("~"), ".calispray", cluster))

    def at(self, *names: str) -> str:
        return os.path.join(self.path, *names)

    def run(self, run: str, *names: str) -> str:
        return self.at("runs", run, *names)

    @property
    def name(self) -> str:
        return os.path.basename(self.path)

    def desired(self) -> dict[str, Any]:
        """What was laid last. Refused where nothing was."""
        found = read_json(self.at("desired.json"))
        if not isinstance(found, dict):
            raise Refused(f"{self.at('desired.json')} is not there or cannot be read: run `up`, which lays it with the inventory.")
        return found

    def applied(self) -> Optional[dict[str, Any]]:
        """What was last carried out; None where nothing was, or where its record is lost."""
        found = read_json(self.at("applied.json"))
        return found if isinstance(found, dict) and "release" in found else None

    def holder(self) -> Optional[dict[str, Any]]:
        """Who holds run.lock: {run, digest, attempt, token, pid, born, who, since}. None where nobody does."""
        if not held(self.at("run.lock")):
            return None
        return read_json(self.at("holder.json")) or {}


def read_json(path: str) -> Any:
    """The value, or None where there is no such file or it holds no JSON."""
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except (OSError, ValueError):
        return None


def write_json(path: str, value: Any) -> None:
    write_text(path, json.dumps(value, indent=1) + "\n")


def write_text(path: str, text: str) -> None:
    """Writes a file of our own (0600) by rename, on the disk before it has its name."""
    fd, temporary = tempfile.mkstemp(dir=os.path.dirname(path), prefix=".new-")
    try:
        with os.fdopen(fd, "w", encoding="utf-8") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        os.replace(temporary, path)
    except BaseException:
        discard(temporary)
        raise


def discard(path: str) -> None:
    try:
        os.remove(path)
    except OSError:
        pass


def canonical(value: Any) -> str:
    """One text for one JSON value: Python itself takes 1 and true for the same."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def same(one: Any, other: Any) -> bool:
    return canonical(one) == canonical(other)


def digest(value: Any) -> str:
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def take(path: str, seconds: float) -> Optional[int]:
    """The lock as a file descriptor to close, or None where another held it all the time. The kernel lets go, not we."""
    fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    end = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return fd
        except OSError:
            if time.monotonic() >= end:
                os.close(fd)
                return None
            time.sleep(0.1)


def held(path: str) -> bool:
    try:
        fd = os.open(path, os.O_RDWR)
    except OSError:
        return False
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return False
    except OSError:
        return True
    finally:
        os.close(fd)


def free_bytes(path: str) -> int:
    found = os.statvfs(path)
    return found.f_bavail * found.f_frsize


def now() -> str:
    """For people. What is measured is measured with time.monotonic: a clock may jump."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def who() -> str:
    """`root from 192.168.4.10`: as whom, and where the SSH connection of this process comes from."""
    user = pwd.getpwuid(os.getuid()).pw_name
    client = os.environ.get("SSH_CONNECTION", "").split(" ")[0]
    return f"{user} from {client}" if client else f"{user} on {socket.gethostname()}"


def born(pid: int) -> Optional[str]:
    """When a process began, in ticks since the boot: with its id it is one process, also after the ids began anew."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            fields = file.read().rpartition(")")[2].split()
        return None if fields[0] in "ZX" else fields[19]
    except (OSError, IndexError):
        return None


def boot() -> str:
    try:
        with open("/proc/sys/kernel/random/boot_id", encoding="utf-8") as file:
            return file.read().strip()
    except OSError:
        return ""


def main_of(body: Any) -> None:
    """Calls `body` and ends as it says; what is refused is one line on standard error."""
    try:
        sys.exit(body())
    except Refused as refused:
        print(refused, file=sys.stderr)
        sys.exit(1)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            print(f"the disk of the controller is full ({error.filename or 'while writing'}): make room and run `up` again.", file=sys.stderr)
            sys.exit(1)
        if error.errno != errno.EPIPE:
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        sys.exit(1)
