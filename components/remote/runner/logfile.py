"""The log of a run: whatever a playbook writes, made harmless and bounded, so that it can fill neither disk nor terminal.

Lines are cut at 8 KiB, control characters and broken UTF-8 replaced, secrets masked. The first 64 MiB and the last 8 MiB
stay; between them the log says how much was left out. The tail is kept in two files beside the log while the run is at work.
"""
from __future__ import annotations

import os
import re
from collections import deque
from typing import Optional

from mask import Mask
from store import discard

LINE = 8 << 10
HEAD = 64 << 20
TAIL = 8 << 20
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]")


class LogFile:
    def __init__(self, path: str, mask: Mask, head: int = HEAD, tail: int = TAIL) -> None:
        self.path, self.mask, self.head, self.tail = path, mask, head, tail
        self.last: deque[str] = deque(maxlen=12)
        self.trouble: Optional[str] = None
        self.pending = bytearray()
        self.cut = 0
        # What stands over the edge of a cut may be half a secret: so much more is looked at.
        self.window = LINE + 4 * mask.longest
        self.left_out = 0
        self.part = 0
        self.size = 0
        self.file = self._open(path)

    def write(self, chunk: bytes) -> None:
        lines = chunk.split(b"\n")
        for piece in lines[:-1]:
            self._take(piece)
            self._end_line()
        self._take(lines[-1])

    def say(self, line: str) -> None:
        """A line of the runner itself."""
        if self.pending or self.cut:
            self._end_line()
        self._put(f"== {line}")

    def close(self) -> None:
        if self.pending or self.cut:
            self._end_line()
        self._join()
        if self.file is not None:
            self.file.close()
            self.file = None

    def _take(self, piece: bytes) -> None:
        room = self.window - len(self.pending)
        self.pending += piece[:room]
        self.cut += max(0, len(piece) - room)

    def _end_line(self) -> None:
        text = self.mask.text(self.pending.decode("utf-8", errors="replace"))
        over = self.cut + max(0, len(text) - LINE)
        line = CONTROL.sub("\ufffd", text[:LINE].rstrip("\r"))
        self.pending.clear()
        self.cut = 0
        self._put(f"{line} … ({over} more)" if over else line)

    def _put(self, line: str) -> None:
        if line.strip():
            self.last.append(line[:400])
        data = (line + "\n").encode("utf-8", errors="replace")
        if self.file is None:
            return
        if self.part == 0 and self.size + len(data) > self.head:
            self._turn()
        elif self.part > 0 and self.size + len(data) > self.tail // 2:
            self._turn()
        try:
            self.file.write(data)
            self.size += len(data)
        except OSError as error:
            self._give_up(error)

    def _turn(self) -> None:
        """To the next file of the tail; what it held before is left out."""
        self.part += 1
        path = self._tail(self.part)
        if self.part == 1:
            self.first = self.file
        elif self.file is not None:
            self.file.close()
        if os.path.exists(path):
            self.left_out += os.path.getsize(path)
        self.file = self._open(path)

    def _tail(self, part: int) -> str:
        return f"{self.path}.tail{part % 2}"

    def _open(self, path: str):
        self.size = 0
        try:
            # Unbuffered: what was said before a power cut is in the file.
            return open(path, "wb", buffering=0)
        except OSError as error:
            self._give_up(error)
            return None

    def _give_up(self, error: OSError) -> None:
        """The run goes on without its log: losing the log is better than losing the run."""
        self.trouble = f"the log ends before the run did: {error.strerror}"
        self.file = None

    def _join(self) -> None:
        """Head, what was left out, tail: one file again."""
        if self.part == 0:
            return
        if self.file is not None:
            self.file.close()
        self.file = self.first
        older = self._tail(self.part - 1) if self.part > 1 else None
        try:
            if self.left_out:
                self.file.write(f"== {self.left_out >> 20} MiB of the log were left out here\n".encode())
            for path in filter(None, [older, self._tail(self.part)]):
                with open(path, "rb") as tail:
                    while chunk := tail.read(1 << 20):
                        self.file.write(chunk)
                discard(path)
        except OSError as error:
            self._give_up(error)
