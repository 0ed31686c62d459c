"""What a run left behind: processes know it by their environment, whoever their parent is by now."""
from __future__ import annotations

import os
import signal
import time

MARK = b"CALISPRAY_RUN="


def strays(folder: str) -> list[int]:
    """Processes of the run in `folder`, without this one. Those of other users cannot be seen, nor ended."""
    wanted = MARK + os.fsencode(folder)
    found = []
    for name in os.listdir("/proc"):
        if not name.isdigit() or int(name) == os.getpid():
            continue
        try:
            with open(f"/proc/{name}/environ", "rb") as file:
                if wanted in file.read().split(b"\0"):
                    found.append(int(name))
        except OSError:
            continue
    return found


def end_strays(folder: str, seconds: float = 10) -> None:
    """Kills them, and waits until they are gone."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        left = strays(folder)
        if not left:
            return
        for pid in left:
            try:
                os.kill(pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                pass
        time.sleep(0.05)
