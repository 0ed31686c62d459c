"""`record.py CLUSTER`: what was last carried out (type Facts of kubespray/plan), as one line of JSON; `{}` where nothing was.

Hosts and peers that are not declared any more are left out: each has a resource of its own, which takes it away and shows it.
"""
from __future__ import annotations

import json
import sys

from store import Home, main_of


def main() -> int:
    home = Home.of(sys.argv[1])
    applied = home.applied()
    if applied is not None:
        declared = home.desired()["facts"]
        for part in ("hosts", "peers"):
            applied[part] = {name: fact for name, fact in applied[part].items() if name in declared[part]}
    print(json.dumps(applied or {}, sort_keys=True, separators=(",", ":")))
    return 0


if __name__ == "__main__":
    main_of(main)
