"""Makes sure that one fact is carried out: `ensure.py CLUSTER FACT`, called over SSH by one resource each.

FACT: release | settings | calico | member HOST | peer PEER, with {"part": …, "secrets": {…}?} on standard input, where part
is that part of the desired facts; gone member HOST | gone peer PEER, where a resource was deleted; settled, when all else is
done: what nobody asked for and is owed all the same, since a change was taken back before it had ended; reset. Variables:
BECOME=true where the stack says ssh.become. Ends with 0 where the fact is carried out (now or before), else with 1 and a
few lines on standard error. The connection may be cut, this process killed: the run goes on, the next call finds it.
"""
from __future__ import annotations

import json
import os
import sys
import time
from typing import Any, Optional

import prepare
import runs
from decide import Step, decide, decide_gone, members_of, next_step
from follow import alive, follow
from launch import launch
from processes import end_strays
from say import Said, failure
from store import Home, Refused, digest, discard, held, main_of, now, read_json, same, take, who, write_json

PARTS = {"release": "release", "settings": "settings", "calico": "calico", "member": "hosts", "peer": "peers"}


class Ensure:
    def __init__(self, home: Home, fact: tuple[str, ...], given: dict[str, Any]) -> None:
        self.home, self.fact, self.given = home, fact, given
        self.said = Said()
        self.waited_for: Optional[str] = None
        self.done: set[str] = set()
        self.carries_back: Optional[str] = None

    def carry_out(self) -> int:
        end = time.monotonic() + self.home.desired()["runs"]["limitSeconds"] + 60
        while True:
            if self.fact[0] == "settled" and self.at_work(end):
                continue
            desired = self.home.desired()
            step = self.step(desired)
            if step is None:
                if not self.done and self.fact[0] != "settled":
                    self.said.line(self.nothing_to_do(desired))
                return 0
            found = self.find_or_start(step, desired)
            if found is not None:
                code = self.accompany(*found)
                if code is not None:
                    return code
            else:
                self.lose_patience(end)

    def lose_patience(self, end: float) -> None:
        if time.monotonic() > end:
            raise Refused(f"{self.waited_for} is still at work: waited as long as a run may last. Look at it with `calispray follow`.")

    def at_work(self, end: float) -> bool:
        """Whether a run had to be waited for: what it leaves decides what is owed."""
        holder = self.home.holder()
        if holder is None:
            return False
        if alive(holder):
            self.wait(holder)
        else:
            self.end_half_killed(holder)
        self.lose_patience(end)
        return True

    def step(self, desired: dict[str, Any]) -> Optional[Step]:
        """What is to be run; None where nothing is."""
        applied = self.home.applied()
        if self.fact[0] == "reset":
            return None if self.done else {"kind": "reset", "hosts": sorted((applied or desired["facts"])["hosts"])}
        if self.fact[0] == "gone":
            return decide_gone(self.fact[1], self.fact[2], applied, desired)
        if self.fact[0] == "settled":
            return next_step(applied, desired) or self.owed(applied, desired)
        self.refuse_other(desired)
        return decide(self.fact, applied, desired)

    def owed(self, applied: dict[str, Any], desired: dict[str, Any]) -> Optional[Step]:
        """What was changed half-way and then declared as before: the record knows of no difference, the nodes do."""
        run, kind = runs.unfinished(self.home) or ("", "")
        if kind == "upgrade":
            raise Refused(
                f"the upgrade {run} did not end well, and the stack no longer asks for it: there is no way back from half an upgrade. Declare it "
                f"again and run `up`. Where `calispray runs {run}` shows that it had changed nothing yet, delete {self.home.run(run)} on the controller."
            )
        self.carries_back = run
        return {"kind": kind, "hosts": members_of(applied, desired["facts"])} if kind else None

    def nothing_to_do(self, desired: dict[str, Any]) -> str:
        if self.fact[0] != "gone":
            return "carried out before, nothing to do"
        name = self.fact[2]
        if self.home.applied() is not None and name in desired["facts"][PARTS[self.fact[1]]]:
            return f"{name} stays as it is: the cluster keeps running. `calispray reset` is what takes it down."
        return f"{name} is gone already, nothing to do"

    def refuse_other(self, desired: dict[str, Any]) -> None:
        """Two who come at once with two declarations: the inventory on the controller is the one of the last."""
        laid = desired["facts"][PARTS[self.fact[0]]]
        mine = laid.get(self.fact[1]) if len(self.fact) > 1 else laid
        if not same(mine, self.given.get("part")):
            by = read_json(self.home.at("desired.by.json")) or {}
            raise Refused(
                f"another `up` has laid another inventory meanwhile ({by.get('who', 'unknown')}, {by.get('at', 'at an unknown time')}): "
                f"what it says of {' '.join(self.fact)} is not what this one says. Nothing was run for it. Run `up` again."
            )

    def find_or_start(self, step: Step, desired: dict[str, Any]) -> Optional[tuple[str, int]]:
        """The run and attempt to follow; None where another had to be waited for, and all is to be judged again."""
        home = self.home
        start = take(home.at("start.lock"), 90)
        if start is None:
            raise Refused(f"another start has held {home.at('start.lock')} for 90 s.")
        try:
            id = digest([step, desired["how"][step["kind"]], desired["facts"], desired["folder"]])
            holder = home.holder()
            if holder is not None:
                if not alive(holder):
                    self.end_half_killed(holder)
                elif holder.get("digest") == id:
                    self.said.line(f"found run {holder['run']} at work since {holder['since']}, following it")
                    return holder["run"], holder["attempt"]
                else:
                    self.wait(holder)
                return None
            # Judged again: what was waited for may have carried it out.
            if not same(self.step(desired), step) or not same(home.desired(), desired):
                return None
            return self.start(step, desired, id)
        finally:
            os.close(start)

    def end_half_killed(self, holder: dict[str, Any]) -> None:
        """Its job was killed, and what a playbook had begun still holds the lock: two playbooks at once would be worse than its end."""
        if "run" in holder:
            end_strays(self.home.run(holder["run"]))
        time.sleep(0.2)

    def wait(self, holder: dict[str, Any]) -> None:
        name = holder.get("run", "a run")
        if self.waited_for != name:
            self.said.line(f"waiting for {name}, at work since {holder.get('since')} for {holder.get('who')}")
            self.waited_for = name
        time.sleep(0.5)

    def start(self, step: Step, desired: dict[str, Any], id: str) -> tuple[str, int]:
        home = self.home
        if id in self.done:
            raise RuntimeError(f"{step['kind']} ended well and is wanted again")
        os.makedirs(home.at("runs"), exist_ok=True)
        prepare.refuse_full(home)
        for name in runs.names(home):
            discard(home.run(name, "secrets.json"))  # of a run that was killed
        found = runs.open_run(home, id)
        run = found or runs.new_name(home, step["kind"], id)
        os.makedirs(home.run(run), exist_ok=True)
        before = read_json(home.run(run, "run.json")) or {}
        attempts = before.get("attempts", [])
        about = {"run": run, **step, "digest": id, "calls": desired["how"][step["kind"]], "who": who(), "since": now()}
        write_json(home.run(run, "run.json"), {**about, "attempts": attempts})
        prepare.prepare(home, run, self.given.get("secrets") or {})
        attempt = len(attempts) + 1
        if self.carries_back:
            self.said.line(f"run {self.carries_back} did not end well, and the stack is as it was before it: carrying that back")
        hosts = ", ".join(step["hosts"]) if len(step["hosts"]) <= 6 else f"{len(step['hosts'])} hosts"
        self.said.line(f"run {run}{f', attempt {attempt}' if attempt > 1 else ''}: {hosts or ', '.join(step.get('peers', []))}")
        try:
            launch(home, run, attempt, os.environ.get("BECOME") == "true")
        except BaseException:
            if not held(home.at("run.lock")):
                discard(home.run(run, "secrets.json"))
            raise
        return run, attempt

    def accompany(self, run: str, attempt: int) -> Optional[int]:
        """Follows to the end. None where all is to be judged again, since it ended well."""
        end = follow(self.home, run, attempt, self.said.event)
        if end["outcome"] == "succeeded":
            self.done.add(read_json(self.home.run(run, "run.json"))["digest"])
            if "result" in end:
                self.said.well(end)
            return None
        about = read_json(self.home.run(run, "run.json")) or {}
        leaving = about.get("hosts", []) if about.get("kind") == "remove" else []
        self.said.failed(failure(end, self.home.run(run, "log"), attempt, leaving))
        return 1


def main() -> int:
    os.umask(0o077)
    home, fact = Home.of(sys.argv[1]), tuple(sys.argv[2:])
    text = "" if sys.stdin.isatty() else sys.stdin.read()
    given = json.loads(text) if text.strip() else {}
    if fact[0] in ("gone", "settled") and not os.path.exists(home.at("desired.json")):
        if fact[0] == "gone":
            print("nothing was ever laid on this controller, nothing to do")
        return 0
    return Ensure(home, fact, given).carry_out()


if __name__ == "__main__":
    main_of(main)
