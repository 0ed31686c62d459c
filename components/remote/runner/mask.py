"""Secret values replaced by *** wherever a text is about to be written."""
from __future__ import annotations

import base64
import json
import re
from typing import Any, Iterator, Optional
from urllib.parse import quote

from store import read_json

SHORTEST = 4
HIDDEN = "***"


class Mask:
    """Values of four characters and more, in every spelling that Ansible or a shell would write them in. Shorter ones are not
    sought: they would make a log unreadable, and hide nothing that could not be guessed."""

    def __init__(self, values: Any) -> None:
        spelled = {spelling for value in texts(values) for spelling in spellings(value) if len(spelling) >= SHORTEST}
        longest_first = sorted(spelled, key=lambda text: (-len(text), text))
        self.longest = len(longest_first[0]) if longest_first else 0
        self.pattern: Optional[re.Pattern[str]] = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None

    @staticmethod
    def of(path: Optional[str]) -> "Mask":
        """From the file a run reads its secrets from; nothing is hidden where there is none."""
        return Mask(read_json(path) if path else None)

    def text(self, text: str) -> str:
        return text if self.pattern is None else self.pattern.sub(HIDDEN, text)


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for each in value.values():
            yield from texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from texts(each)
    elif isinstance(value, str):
        yield value
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield str(value)


def spellings(value: str) -> Iterator[str]:
    """As it is, line by line, escaped once and twice as JSON, as Python, in base64 and in a URL."""
    yield value
    yield from (line.strip() for line in value.splitlines() if len(line.strip()) >= 8)
    once = json.dumps(value)[1:-1]
    yield once
    yield json.dumps(value, ensure_ascii=False)[1:-1]
    yield json.dumps(once)[1:-1]
    yield repr(value)[1:-1]
    yield base64.b64encode(value.encode()).decode()
    yield quote(value, safe="")
