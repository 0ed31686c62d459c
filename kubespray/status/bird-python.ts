/**
 * Python 3.6 or newer: BIRD is asked as `calicoctl node status` asks it, by its socket (Calico v3.31.5
 * calicoctl/calicoctl/commands/node/status.go: /var/run/calico, then /var/run/bird). No birdc is needed, and nothing changes.
 */
export const birdPython = String.raw`
import os, re, socket

BIRD_MOST = 4 * 1024 * 1024


def bird_socket(family):
    """None where no BIRD runs for it."""
    for folder in ("/var/run/calico", "/var/run/bird"):
        path = os.path.join(folder, "bird6.ctl" if family == 6 else "bird.ctl")
        if os.path.exists(path):
            return path
    return None


def bird_protocols(path):
    """Lines of its protocols with all it says of each, without BIRD's own numbers. OSError where it does not answer."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as s:
        s.settimeout(5)
        s.connect(path)
        s.sendall(b"show protocols all\n")
        said = b""
        # BIRD greets with 0001; the last line of an answer has a code that begins with 0, 8 or 9.
        while len(said) < BIRD_MOST and not re.search(rb"^(?!0001)[089]\d{3} .*\n", said, re.M):
            part = s.recv(65536)
            if not part:
                break
            said += part
    return [re.sub(r"^(\d{4}[- ]| )", "", line).rstrip() for line in said.decode("utf-8", "replace").splitlines()]


def bird_seen(*keys):
    """A BirdSeen for each family: the line of each BGP session, and of those below it the ones that begin with these keys."""
    wanted = re.compile(r"^\S+\s+BGP\s|^\s+(%s):" % "|".join(keys))
    found = []
    for family in (4, 6):
        path = bird_socket(family)
        if path is None:
            continue
        try:
            lines = [line[:200] for line in bird_protocols(path) if wanted.match(line)]
            found.append({"family": family, "problem": None, "lines": lines})
        except OSError as error:
            found.append({"family": family, "problem": "%s: %s" % (path, error.strerror or error), "lines": []})
    return found
`.trimStart();
