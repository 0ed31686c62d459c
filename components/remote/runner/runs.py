"""The runs of a cluster: `runs.py CLUSTER --json` prints a JSON list, oldest first; without --json a line each.

One entry:
    {"run": "0003-calico-1a2b3c4d", "kind": "calico", "hosts": ["node1"], "digest": "…64 hex…", "who": "root from 10.0.0.9",
     "state": "running" | "succeeded" | "failed" | "timed-out" | "interrupted" | "refused" | "killed",
     "since": "2026-04-24T10:00:00Z", "log": "/root/.calispray/NAME/runs/…/log",
     "attempts": [{"number": 1, "start": "…Z", "end": "…Z", "outcome": "failed", "seconds": 12.5}, …],
     "result": {…},          # result.json of the last attempt, absent before it has ended
     "unfinished": true}     # only of one that `unfinished` finds: absent of all others
    "killed": its last attempt began and never ended, and nobody holds the lock (SIGKILL, power cut).
result.json:
    {"attempt": 1, "outcome": "succeeded" | "failed" | "timed-out" | "interrupted" | "refused", "code": 2, "seconds": 12.5,
     "cpu": 8.1, "message": "…", "failures": [{"host", "task", "status", "message"}, … five at most],
     "hosts": {"node1": {"ok", "changed", "failed", "unreachable", "skipped"}}, "log": "…", "note": "…"?}
"""
from __future__ import annotations

import json
import os
import shutil
import sys
from typing import Any, Optional

from store import Home, main_of, read_json

# What a run carries out for every member, and which runs carry it out as well. What a migration has patched, the live cluster shows.
MADE_GOOD = {"upgrade", "converge", "calico", "label"}
MAKES_GOOD = {
    "build": MADE_GOOD,
    "reset": MADE_GOOD,
    "upgrade": {"converge", "calico", "label"},
    "converge": {"calico", "label"},
    "migrate": {"calico"},
}


def names(home: Home) -> list[str]:
    try:
        return sorted(name for name in os.listdir(home.at("runs")) if name[:4].isdigit())
    except OSError:
        return []


def state_of(home: Home, run: str) -> Optional[dict[str, Any]]:
    """One entry of the list; None where the folder holds no run."""
    found = read_json(home.run(run, "run.json"))
    if not isinstance(found, dict):
        return None
    attempts = found.get("attempts", [])
    result = read_json(home.run(run, "result.json"))
    holder = home.holder()
    if holder is not None and holder.get("run") == run:
        state = "running"
    elif result is not None:
        state = result["outcome"]
    elif (read_json(home.at("applied", "by.json")) or {}).get("run") == run:
        state = "succeeded"  # it was killed between its record and its result
    else:
        state = "killed"
    entry = {key: found.get(key) for key in ("run", "kind", "hosts", "digest", "who")}
    since = attempts[0]["start"] if attempts else found.get("since")
    entry.update(state=state, since=since, log=home.run(run, "log"), attempts=attempts)
    return entry if result is None else {**entry, "result": result}


def open_run(home: Home, digest: str) -> Optional[str]:
    """The run that another attempt belongs to: the same step, not yet well, and nothing was carried out after it."""
    for name in reversed(names(home)):
        state = state_of(home, name)
        if state is None:
            continue
        if state["state"] == "succeeded":
            return None
        if state["digest"] == digest:
            return name
    return None


def unfinished(home: Home) -> Optional[tuple[str, str]]:
    """(run, kind) of the newest run on members that was begun, did not end well, and that no later run made good."""
    good: set[str] = set()
    for name in reversed(names(home)):
        state = state_of(home, name)
        if state is None or state["state"] in ("running", "refused"):
            continue
        kind = state["kind"]
        if state["state"] == "succeeded":
            good.update((kind, *MAKES_GOOD.get(kind, ())))
        elif kind in MADE_GOOD - good:
            return name, kind
    return None


def new_name(home: Home, kind: str, digest: str) -> str:
    numbers = [int(name.split("-")[0]) for name in names(home)]
    return f"{max(numbers, default=0) + 1:04d}-{kind}-{digest[:8]}"


def retain(home: Home, keep: int) -> None:
    """The newest `keep` runs stay, and with them the last that ended well, one at work, and one that is not made good yet."""
    states = [state for state in (state_of(home, name) for name in names(home)) if state is not None]
    well = [state["run"] for state in states if state["state"] == "succeeded"][-1:]
    stay = {state["run"] for state in states[-max(1, keep) :]} | set(well) | {(unfinished(home) or ("",))[0]}
    for state in states:
        if state["run"] not in stay and state["state"] != "running":
            shutil.rmtree(home.run(state["run"]), ignore_errors=True)


def main() -> int:
    home = Home.of(sys.argv[1])
    states = [state for state in (state_of(home, name) for name in names(home)) if state is not None]
    open_end = (unfinished(home) or ("",))[0]
    for state in states:
        if state["run"] == open_end:
            state["unfinished"] = True
    if "--json" in sys.argv[2:]:
        print(json.dumps(states))
        return 0
    for state in states:
        last = state["attempts"][-1] if state["attempts"] else {}
        seconds = f" {last['seconds']:.0f} s" if "seconds" in last else ""
        times = len(state["attempts"])
        print(f"{state['run']}  {state['since']}  {state['state']}{seconds}{f', attempt {times}' if times > 1 else ''}")
    return 0


if __name__ == "__main__":
    main_of(main)
