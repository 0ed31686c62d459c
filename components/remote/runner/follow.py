"""Follows a run until it ends: `follow.py CLUSTER [--run RUN] [--json]`; without --run the one at work, else the newest.

With --json a line each, of at most some 1200 characters; every one has "at" (UTC), but for "end":
    {"kind": "play", "name": "Install etcd"}
    {"kind": "task", "name": "etcd : start", "number": 17}              # counted over the playbook
    {"kind": "host", "task": "etcd : start", "ok": 2, "changed": 1}      # hosts of the task that ended, by status:
                                                                        # ok changed skipped failed unreachable ignored
    {"kind": "failed", "host": "node1", "task": "etcd : start", "status": "failed" | "unreachable", "message": "…"}
    {"kind": "summary", "hosts": {"node1": {"ok", "changed", "failed", "unreachable", "skipped"}}}    # after each playbook
    {"kind": "end", "run": "0003-calico-1a2b3c4d", "outcome": …, "result": {…}}      # as in runs.py; outcome also "killed"
Ends with 0 where the run ended well, 1 where not, 3 where there is no run.
"""
from __future__ import annotations

import json
import os
import sys
import time
from typing import Any, Callable, Iterator, Optional

import runs
from store import Home, born, main_of, read_json

Event = dict[str, Any]
PAUSE = 0.2
LONG_PAUSE = 0.5  # once a run is not a short one: looking costs CPU that it could use


def read_events(path: str) -> Iterator[Event]:
    return Tail(path).more()


class Tail:
    """What was added to a file of events since the last look; a line half written waits for the next."""

    def __init__(self, path: str) -> None:
        self.path, self.offset = path, 0

    def more(self) -> Iterator[Event]:
        try:
            with open(self.path, "rb") as file:
                file.seek(self.offset)
                for line in file:
                    if not line.endswith(b"\n"):
                        return
                    self.offset += len(line)
                    try:
                        event = json.loads(line)
                    except ValueError:
                        continue  # cut by a full disk
                    if isinstance(event, dict) and "kind" in event:
                        yield event
        except OSError:
            return


def alive(holder: Optional[dict[str, Any]]) -> bool:
    """Whether the job that holds the lock lives; where not, its playbook is what still holds it."""
    return holder is not None and "pid" in holder and born(holder["pid"]) == holder["born"]


def follow(home: Home, run: str, attempt: int, each: Callable[[Event], None]) -> Event:
    """Gives every event of an attempt to `each` as it comes, and returns its "end"."""
    events = Tail(home.run(run, "events.jsonl"))
    long_from = time.monotonic() + 10
    while True:
        holder = home.holder()
        at_work = holder is not None and alive(holder) and holder.get("run") == run and holder.get("attempt") == attempt
        for event in events.more():
            each(event)
        result = read_json(home.run(run, "result.json"))
        if result is not None and result.get("attempt") == attempt:
            for event in events.more():
                each(event)
            return {"kind": "end", "run": run, "outcome": result["outcome"], "result": result}
        if not at_work:
            # Killed; or so long ended that another attempt is at work by now.
            attempts = (read_json(home.run(run, "run.json")) or {}).get("attempts", [])
            outcome = next((entry.get("outcome") for entry in attempts if entry["number"] == attempt), None)
            return {"kind": "end", "run": run, "outcome": outcome or "killed"}
        time.sleep(PAUSE if time.monotonic() < long_from else LONG_PAUSE)


def words(event: Event) -> Optional[str]:
    """One event as one line of at most 200 characters, for people."""
    kind = event["kind"]
    if kind == "play":
        line = f"play: {event['name']}"
    elif kind == "task":
        line = f"  {event['name']}"
    elif kind == "host":
        line = "      " + " ".join(f"{key}={event[key]}" for key in ("ok", "changed", "skipped", "ignored", "failed", "unreachable") if key in event)
    elif kind == "failed":
        line = f"  {event['status']}: {event['host']}: {' '.join(event['message'].split())}"
    elif kind == "summary":
        line = f"{len(event['hosts'])} hosts done"
    elif kind == "end":
        line = f"{event['run']} {event['outcome']}"
    else:
        return None
    return line if len(line) <= 200 else line[:199] + "…"


def main() -> int:
    home, options = Home.of(sys.argv[1]), sys.argv[2:]
    holder = home.holder() or {}
    newest = runs.names(home)[-1:]
    run = options[options.index("--run") + 1] if "--run" in options else holder.get("run") or "".join(newest)
    found = read_json(home.run(run, "run.json")) if run else None
    if found is None:
        print("there is no such run" if run else "there was no run yet", file=sys.stderr)
        return 3
    as_json = "--json" in options

    def each(event: Event) -> None:
        line = json.dumps(event) if as_json else words(event)
        if line is not None:
            print(line, flush=True)

    end = follow(home, run, len(found.get("attempts", [])), each)
    each(end)
    if not as_json and "result" in end and end["outcome"] != "succeeded":
        print(f"{end['result']['message']}\nlog: {os.path.join(home.run(run), 'log')}")
    return 0 if end["outcome"] == "succeeded" else 1


if __name__ == "__main__":
    main_of(main)
