"""What ensure.py prints, and so what stays in the state: 2 KB at most over both outputs, lines of 200 characters at most."""
from __future__ import annotations

import sys
from typing import Any, Sequence

LINE = 200
ALL = 2000
END = 1100  # kept for how it ended
HOSTS = 12


class Said:
    def __init__(self) -> None:
        self.size = 0
        self.silent = 0

    def line(self, text: str) -> None:
        """On the way; left out where the end would find no room."""
        if not self._print(text, ALL - END, sys.stdout):
            self.silent += 1

    def event(self, event: dict[str, Any]) -> None:
        if event["kind"] == "play":
            self.line(f"play: {event['name']}"[:80])

    def well(self, end: dict[str, Any]) -> None:
        self._left_out()
        hosts = end["result"]["hosts"]
        for name, count in list(hosts.items())[:HOSTS]:
            self._print(f"{name}: ok={count['ok']} changed={count['changed']}"[:80], ALL, sys.stdout)
        if len(hosts) > HOSTS:
            self._print(f"and {len(hosts) - HOSTS} more hosts", ALL, sys.stdout)
        if "note" in end["result"]:
            self._print(end["result"]["note"], ALL, sys.stdout)

    def failed(self, lines: list[str]) -> None:
        self._left_out()
        for text in lines:
            self._print(text, ALL, sys.stderr)

    def _left_out(self) -> None:
        if self.silent:
            self._print(f"({self.silent} more lines are in the log)", ALL, sys.stdout)
            self.silent = 0

    def _print(self, text: str, most: int, where: Any) -> bool:
        line = " ".join(text.split())
        line = line if len(line) <= LINE else line[: LINE - 1] + "…"
        size = len(line.encode("utf-8", errors="replace")) + 1
        if self.size + size > most:
            return False
        self.size += size
        print(line, file=where, flush=True)
        return True


def folded(text: str, most: int = 3) -> list[str]:
    """A message in at most so many lines."""
    flat = " ".join(text.split())
    return [flat[at : at + LINE] for at in range(0, len(flat), LINE)][:most]


def failure(end: dict[str, Any], log: str, attempt: int, leaving: Sequence[str] = ()) -> list[str]:
    """Host, task, message, where the log is, how to go on. `leaving`: hosts that the run was to remove and reset."""
    result = end.get("result")
    again = f"it goes on as attempt {attempt + 1} of run {end['run']}."
    if result is None:
        return [f"run {end['run']} was killed before it ended: the controller went down, or somebody killed it.", f"Its log is {log} on the controller. Run `up` again: {again}"]
    lines = []
    for each in result["failures"][:3]:
        lines += [f"{each['host']} {each['status']}, task {each['task']}:", *folded(each["message"], 2 if len(result["failures"]) > 1 else 3)]
    more = len(result["failures"]) - 3
    if more > 0:
        lines.append(f"and {more} more")
    lines += folded(result["message"]) if result["message"] else []
    if "note" in result:
        lines.append(result["note"])
    # What matters most is said last and must find room.
    dead = [each["host"] for each in result["failures"] if each["status"] == "unreachable" and each["host"] in leaving]
    gone = [f"If {host} is gone for good, declare `kubespray.removeDead: [{host}]`: it is then not asked." for host in dead[:1]]
    tail = [*gone, f"The log is {log} on the controller.", f"Mend the cause and run `up` again: {again}"]
    room = END - sum(len(line) + 1 for line in tail) - 60
    kept = []
    for line in lines:
        room -= len(line.encode()) + 1
        if room >= 0:
            kept.append(line)
    return kept + tail
