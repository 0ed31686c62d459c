"""How a check ended: (outcome, what was seen in words, hint or None)."""
from __future__ import annotations

import asyncio
import time
from typing import Awaitable, Callable, Optional

Outcome = tuple[str, str, Optional[str]]
PAUSE = 0.7  # seconds between two looks at what may still be beginning
LAB = "the lab runs the nodes’ network by itself"


def passed(seen: str) -> Outcome:
    return ("passed", seen, None)


def failed(seen: str, hint: Optional[str] = None) -> Outcome:
    return ("failed", seen, hint)


def not_judged(seen: str, hint: str) -> Outcome:
    return ("not-judged", seen, hint)


async def settled(look: Callable[[], Awaitable[Outcome]], seconds: float) -> Outcome:
    """What `look` says when it is well, or when there is no time left: a cluster that was changed just now may still be on its way."""
    end = time.monotonic() + seconds - 3
    while True:
        found = await look()
        if found[0] != "failed" or time.monotonic() > end:
            return found
        await asyncio.sleep(PAUSE)


def several(words: list[str], most: int = 6) -> str:
    return "; ".join(words[:most]) + (f"; and {len(words) - most} more" if len(words) > most else "")
