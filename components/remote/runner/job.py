"""One attempt of a run, detached from everybody: `job.py HOME RUN TOKEN`, started by ensure.py.

It holds run.lock as long as it lives, and so do its playbooks: who finds the lock free knows that nothing is at work. When
all went well the record (applied.json) is written, then the result; in this order, so that a result always has its record.
"""
from __future__ import annotations

import ctypes
import os
import selectors
import shutil
import signal
import subprocess
import sys
import time
import traceback
from typing import Any, Optional

import prepare
import runs
from decide import carried_out
from follow import read_events
from logfile import LogFile
from mask import Mask
from processes import end_strays
from store import Home, Refused, boot, born, discard, now, read_json, take, write_json

GRACE = 20  # seconds between asking a playbook to end and ending it
RESERVE = 1 << 20  # kept free for record and result, should the playbook fill the disk
LIBC = ctypes.CDLL(None)
DEATH = 1  # PR_SET_PDEATHSIG


class Stopped(Exception):
    """The attempt is to end: (outcome, words)."""


class Job:
    def __init__(self, home: Home, run: str, token: str) -> None:
        self.home, self.name, self.token = home, run, token
        self.run: dict[str, Any] = read_json(home.run(run, "run.json"))
        self.desired: dict[str, Any] = read_json(home.run(run, "desired.json"))
        self.mask = Mask.of(home.run(run, "secrets.json"))
        self.limit = self.desired["runs"]["limitSeconds"]
        self.began = time.monotonic()
        self.signal: Optional[int] = None
        self.stopping: Optional[Stopped] = None

    def carry_out(self, lock: int) -> None:
        number = self.announce()
        for each in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(each, self.asked_to_end)
        log = LogFile(self.home.run(self.name, "log"), self.mask)
        log.say(f"{self.name}, attempt {number}, {now()}, {self.run['who']}")
        code, outcome, message = 0, "succeeded", ""
        try:
            self.reserve()
            for command in prepare.commands(self.home, self.run, self.desired, self.home.applied()):
                log.say(self.mask.text(" ".join(command)))
                code = self.play(command, log, lock)
                if code != 0:
                    outcome, message = "failed", f"{os.path.basename(command[-1])} ended with status {code}"
                    break
            else:
                self.release()
                self.record()
        except Stopped as stopped:
            code, outcome, message = 1, *stopped.args
        except Refused as refused:
            code, outcome, message = 1, "refused", str(refused)
        except OSError as error:
            code, outcome, message = 1, "failed", f"the runner could not go on: {error}"
        except Exception as bug:  # whoever waits must learn of it; nobody reads what a detached process dies of
            code, outcome, message = 1, "failed", f"a fault of the runner itself, please report it: {bug!r}"
            log.write(traceback.format_exc().encode())
        finally:
            discard(self.home.run(self.name, "secrets.json"))
        log.say(f"{outcome} after {time.monotonic() - self.began:.0f} s {message}".rstrip())
        log.close()
        self.release()
        self.end(number, code, outcome, message, log)

    def announce(self) -> int:
        """Who looks at the lock learns whose it is."""
        attempts = self.run.setdefault("attempts", [])
        number = len(attempts) + 1
        for earlier in attempts:
            earlier.setdefault("outcome", "killed")
        attempts.append({"number": number, "start": now(), "boot": boot()})
        self.run["token"] = self.token
        about = {key: self.run[key] for key in ("run", "digest", "who")}
        mine = {"attempt": number, "token": self.token, "pid": os.getpid(), "born": born(os.getpid()), "since": now()}
        write_json(self.home.at("holder.json"), {**about, **mine})
        write_json(self.home.run(self.name, "run.json"), self.run)
        return number

    def asked_to_end(self, number: int, _frame: Any) -> None:
        self.signal = number

    def play(self, command: list[str], log: LogFile, lock: int) -> int:
        """One playbook, its output through a pipe into the log. Its status; Stopped where it did not end of itself."""
        child = subprocess.Popen(
            command,
            cwd=self.home.at(self.desired["folder"], "kubespray"),
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=(lock,),
            start_new_session=True,
            # A job that is killed takes the playbook along; what the playbook began holds the lock until it has ended.
            preexec_fn=lambda: LIBC.prctl(DEATH, signal.SIGKILL, 0, 0, 0),
        )
        assert child.stdout is not None
        pipe = child.stdout.fileno()
        os.set_blocking(pipe, False)
        stop: Optional[Stopped] = None
        kill_at = 0.0
        with selectors.DefaultSelector() as selector:
            selector.register(pipe, selectors.EVENT_READ)
            while True:
                stop = stop or self.reason_to_stop()
                if stop and not kill_at:
                    kill_at = time.monotonic() + GRACE
                    send(child, signal.SIGTERM)
                elif stop and time.monotonic() >= kill_at:
                    send(child, signal.SIGKILL)
                ready = selector.select(0.2 if stop else 0.5)
                gone = child.poll() is not None  # asked before the last reading: what it wrote is in the pipe by then
                if ready and not drain(pipe, log):
                    break
                if gone and not ready:
                    break
        drain(pipe, log)
        child.stdout.close()
        code = child.wait()
        if stop:
            send(child, signal.SIGKILL)
            raise stop
        return code

    def reason_to_stop(self) -> Optional[Stopped]:
        if self.signal is not None:
            return Stopped("interrupted", f"the run was asked to end by signal {self.signal}: the controller goes down, or somebody stopped it")
        if time.monotonic() - self.began > self.limit:
            return Stopped("timed-out", f"the run was ended after {self.limit} s (kubespray.runs.limitMinutes)")
        return None

    def environment(self) -> dict[str, str]:
        venv = self.home.at(self.desired["folder"], "venv")
        events = {"CALISPRAY_RUN": self.home.run(self.name), "CALISPRAY_EVENTS": self.home.run(self.name, "events.jsonl")}
        return {
            "HOME": os.path.expanduser("~"),
            "PATH": f"{venv}/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "LANG": "C.UTF-8",
            "VIRTUAL_ENV": venv,
            "ANSIBLE_CONFIG": self.home.run(self.name, "ansible.cfg"),
            "ANSIBLE_NOCOLOR": "1",
            "CALISPRAY_SECRETS": self.home.run(self.name, "secrets.json"),
            **events,
        }

    def reserve(self) -> None:
        with open(self.home.run(self.name, "reserve"), "wb") as file:
            os.posix_fallocate(file.fileno(), 0, RESERVE)

    def release(self) -> None:
        discard(self.home.run(self.name, "reserve"))

    def record(self) -> None:
        """What is true from now on, and the inventory that belongs to it: a host that leaves later is only in that."""
        home, run = self.home, self.name
        os.makedirs(home.at("applied"), exist_ok=True)
        after = carried_out(self.run, home.applied(), self.desired)
        if after is None:  # a reset: there is nothing any more
            discard(home.at("applied.json"))
            shutil.rmtree(home.at("applied"))
            return
        wanted = self.desired["facts"]["hosts"]
        if set(after["hosts"]) <= set(wanted):
            prepare.snapshot(home, home.run(run, "inventory"), home.at("applied", "inventory.new"))
            shutil.rmtree(home.at("applied", "inventory.old"), ignore_errors=True)
            if os.path.isdir(home.at("applied", "inventory")):
                os.replace(home.at("applied", "inventory"), home.at("applied", "inventory.old"))
            os.replace(home.at("applied", "inventory.new"), home.at("applied", "inventory"))
            shutil.rmtree(home.at("applied", "inventory.old"), ignore_errors=True)
            write_json(home.at("applied", "hosts.json"), self.desired["hosts"])
            shutil.copyfile(home.run(run, "known_hosts"), home.at("applied", "known_hosts"))
        write_json(home.at("applied.json"), after)
        write_json(home.at("applied", "by.json"), {"run": run, "at": now(), "who": self.run["who"]})

    def end(self, number: int, code: int, outcome: str, message: str, log: LogFile) -> None:
        home, run = self.home, self.name
        shutil.rmtree(home.run(run, "tmp"), ignore_errors=True)
        failures, hosts = summed_up(home, run)
        seconds = round(time.monotonic() - self.began, 1)
        cpu = round(sum(os.times()[:4]), 1)
        result = {"attempt": number, "outcome": outcome, "code": code, "seconds": seconds, "cpu": cpu, "message": message}
        # Earlier ones may have been rescued; the last are what it ended of.
        result.update(failures=failures[-5:], hosts=hosts, log=home.run(run, "log"))
        if outcome == "failed" and not failures:
            result["message"] = ". ".join([message, *list(log.last)[-4:-1]])[:600]
        if log.trouble:
            result["note"] = log.trouble
        self.run["attempts"][-1].update(end=now(), outcome=outcome, seconds=seconds)
        end_strays(home.run(run))
        write_json(home.run(run, "result.json"), result)
        write_json(home.run(run, "run.json"), self.run)
        discard(home.at("holder.json"))
        runs.retain(home, self.desired["runs"]["keep"])


def drain(pipe: int, log: LogFile) -> bool:
    """Takes what is in the pipe. False at its end."""
    for _ in range(64):
        try:
            chunk = os.read(pipe, 1 << 16)
        except BlockingIOError:
            return True
        if not chunk:
            return False
        log.write(chunk)
    return True


def send(child: subprocess.Popen, number: int) -> None:
    try:
        os.killpg(child.pid, number)
    except (ProcessLookupError, PermissionError):
        pass


def summed_up(home: Home, run: str) -> tuple[list[dict[str, str]], dict[str, dict[str, int]]]:
    """Failures and, over all playbooks, counts per host, from the events."""
    failures: list[dict[str, str]] = []
    hosts: dict[str, dict[str, int]] = {}
    for event in read_events(home.run(run, "events.jsonl")):
        if event["kind"] == "failed":
            failures.append({key: event[key] for key in ("host", "task", "status", "message")})
        elif event["kind"] == "summary":
            for host, counts in event["hosts"].items():
                before = hosts.setdefault(host, dict.fromkeys(counts, 0))
                for key, count in counts.items():
                    before[key] = before.get(key, 0) + count
    return failures, hosts


def main() -> int:
    home, run, token = Home(sys.argv[1]), sys.argv[2], sys.argv[3]
    os.umask(0o077)
    # Somebody may just be looking whether it is held.
    lock = take(home.at("run.lock"), 10)
    if lock is None:
        return 75
    Job(home, run, token).carry_out(lock)
    return 0


if __name__ == "__main__":
    sys.exit(main())
