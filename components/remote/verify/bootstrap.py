# Given with `python3 -c`: the first line of standard input has everything that runs here, and what it is told.
import json, sys, types

given = json.loads(sys.stdin.buffer.readline().decode())
for name, text in given["files"]:
    sys.modules[name] = types.ModuleType(name)
    exec(compile(text, name + ".py", "exec"), sys.modules[name].__dict__)
sys.exit(sys.modules[given["main"]].main(given))
