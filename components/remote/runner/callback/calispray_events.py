"""Ansible's events as lines of JSON, for whoever follows a run; the shapes are in follow.py.

Where: the file named by CALISPRAY_EVENTS. Bounded: past 4 MiB only failures, summaries and plays are written, past 5 MiB
nothing. What a task hides with no_log stays hidden, and the values of CALISPRAY_SECRETS (a JSON file) never show.
"""
from __future__ import annotations

import json
import os
import sys
import time

from ansible.plugins.callback import CallbackBase

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from mask import Mask  # noqa: E402

DOCUMENTATION = """
name: calispray_events
type: aggregate
short_description: events of a run as lines of JSON
description: Writes plays, tasks, counts of hosts and failures to the file named by CALISPRAY_EVENTS.
"""

MESSAGE = 600
NAME = 160
SOFT, HARD = 4 << 20, 5 << 20


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "calispray_events"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self) -> None:
        super().__init__()
        path = os.environ.get("CALISPRAY_EVENTS")
        self.disabled = not path
        self.file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600) if path else None
        self.size = os.fstat(self.file).st_size if path else 0
        self.mask = Mask.of(os.environ.get("CALISPRAY_SECRETS"))
        self.task = ""
        self.tasks = 0
        self.counts: dict[str, int] = {}

    def write(self, kind: str, **fields: object) -> None:
        if self.file is None or self.size > HARD or (self.size > SOFT and kind in ("task", "host")):
            return
        line = json.dumps({"kind": kind, "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), **fields}) + "\n"
        try:
            self.size += os.write(self.file, line.encode())
        except OSError:
            self.file = None  # the disk is full: the playbook goes on, its events do not

    def named(self, text: object) -> str:
        return self.mask.text(str(text))[:NAME]

    def end_task(self) -> None:
        if self.counts:
            self.write("host", task=self.task, **self.counts)
        self.counts = {}

    def v2_playbook_on_play_start(self, play) -> None:
        self.end_task()
        self.write("play", name=self.named(play.get_name().strip()))

    def v2_playbook_on_task_start(self, task, is_conditional) -> None:
        self.begin(task)

    def v2_playbook_on_handler_task_start(self, task) -> None:
        self.begin(task)

    def begin(self, task) -> None:
        self.end_task()
        self.tasks += 1
        self.task = self.named(task.get_name().strip())
        self.write("task", name=self.task, number=self.tasks)

    def count(self, status: str) -> None:
        self.counts[status] = self.counts.get(status, 0) + 1

    def v2_runner_on_ok(self, result) -> None:
        self.count("changed" if result._result.get("changed") else "ok")

    def v2_runner_on_skipped(self, result) -> None:
        self.count("skipped")

    def v2_runner_on_failed(self, result, ignore_errors=False) -> None:
        self.count("ignored" if ignore_errors else "failed")
        if not ignore_errors:
            self.failed(result, "failed")

    def v2_runner_on_unreachable(self, result) -> None:
        ignored = bool(getattr(result._task, "ignore_unreachable", False))
        self.count("ignored" if ignored else "unreachable")
        if not ignored:
            self.failed(result, "unreachable")

    def failed(self, result, status: str) -> None:
        hidden = bool(result._result.get("_ansible_no_log")) or bool(getattr(result._task, "no_log", False))
        message = "what it says is hidden (no_log)" if hidden else self.mask.text(message_of(result._result))
        self.write(
            "failed",
            host=self.named(result._host.get_name()),
            task=self.named(result._task.get_name().strip()),
            status=status,
            message=message if len(message) <= MESSAGE else message[: MESSAGE - 1] + "…",
        )

    def v2_playbook_on_no_hosts_remaining(self) -> None:
        self.end_task()

    def v2_playbook_on_stats(self, stats) -> None:
        self.end_task()
        names = {"ok": "ok", "changed": "changed", "failures": "failed", "unreachable": "unreachable", "skipped": "skipped"}
        hosts = {}
        for host in sorted(stats.processed):
            found = stats.summarize(host)
            hosts[host] = {ours: found[theirs] for theirs, ours in names.items()}
        self.write("summary", hosts=hosts)


def message_of(result: dict) -> str:
    """The words of a failure: of the item that failed where a task has several."""
    for item in result.get("results") or []:
        if isinstance(item, dict) and (item.get("failed") or item.get("unreachable")):
            if item.get("_ansible_no_log"):
                return "what it says is hidden (no_log)"
            return message_of(item)
    words = [str(result.get(key) or "").strip() for key in ("msg", "stderr", "module_stderr", "reason", "stdout")]
    said = [word for word in words if word]
    if not said:
        return "it gave no message"
    # `non-zero return code` says nothing; what the command wrote does.
    if len(said) > 1 and said[0] in ("non-zero return code", "MODULE FAILURE", "All items completed"):
        return f"{said[0]}: {said[1]}"
    return said[0]
