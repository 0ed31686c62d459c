# Packets of a given size to an address and back, which may not be broken up on the way. IPv4 and IPv6 alike.
import errno, os, select, socket, struct, time

SMALL = 84  # what ping(8) sends
# linux/in.h, in6.h: `do not fragment`, and a path MTU learned before is not believed.
IP_MTU_DISCOVER, IPV6_MTU_DISCOVER, PROBE = 10, 23, 3
IP_MTU, IPV6_MTU = 14, 24
UNREACHABLE = {0: "Destination Net Unreachable", 1: "Destination Host Unreachable", 2: "Destination Protocol Unreachable",
               3: "Destination Port Unreachable", 9: "Network Prohibited", 10: "Host Prohibited", 13: "Packet filtered"}
UNREACHABLE6 = {0: "No route to destination", 1: "Packet filtered", 3: "Address unreachable", 4: "Port unreachable"}


def echo(address, size=SMALL, timeout=1.0, source=None, tries=3):
    """One ICMP echo that may not be broken up, `tries` times within `timeout` seconds: {"answer": True, "ms": 0.2} or
    {"answer": False, "said": "silent" or what came instead, "mtu": the MTU that was named with it, or None}."""
    return echoes([(address, size)], timeout, source, tries)[0]


def echoes(wanted, timeout=1.0, source=None, tries=3):
    """Many at once: [(address, size)]; the same for each, in their order. All addresses are of one family."""
    if not wanted:
        return []
    six = ":" in wanted[0][0]
    results, mark = [None] * len(wanted), struct.unpack("!H", os.urandom(2))[0]
    with _icmp(six, source) as s:
        begun = time.monotonic()
        for round_ in range(tries):
            for at, (address, size) in enumerate(wanted):
                if results[at] is None:
                    results[at] = _send(s, six, address, size, mark, at)
            end = begun + timeout * (round_ + 1) / tries
            while None in results and time.monotonic() < end:
                if not select.select([s], [], [], max(end - time.monotonic(), 0))[0]:
                    break
                at, result = _received(s, six, mark)
                if at is not None and at < len(results) and results[at] is None:
                    if result["answer"]:
                        result["ms"] = round((time.monotonic() - begun) * 1000, 2)
                    results[at] = result
    return [each or {"answer": False, "said": "silent", "mtu": None} for each in results]


def largest(address, promised, timeout=1.0, source=None):
    """The largest packet that is answered: {"largest": bytes, or None where not even a small one is; "small": `answered`, `silent` or what
    was said instead; "told": the least MTU that somebody named, or None}. `promised`, what the interface says, is tried first, and is
    the most that is looked for. Takes a few milliseconds where that passes, else a second or two."""
    small = echo(address, SMALL, timeout, source)
    if not small["answer"]:
        return {"largest": None, "small": small["said"], "told": small["mtu"]}
    low, high, told = SMALL, promised + 1, None  # the first passes, the second does not
    # Answers that come at all come in the time that the small one took, and some more; what counts in the end is waited for longer.
    wait = min(timeout, 0.2 + 4 * small["ms"] / 1000)
    sizes = [promised]
    while high - low > 1:
        answers = echoes([(address, size) for size in sizes], wait, source)
        named = [each["mtu"] for each in answers if each.get("mtu")]
        told = min(named + [told] * (told is not None)) if named else told
        low = max([low] + [size for size, each in zip(sizes, answers) if each["answer"]])
        high = min([high] + [size for size in sizes if size > low])
        if high - low == 1 and wait < timeout:
            wait, sizes, high = timeout, sorted({low + 1, promised}), promised + 1
        else:
            sizes = _between(low, high, told)
    return {"largest": low, "small": "answered", "told": None if low == promised else told}


def _between(low, high, told):
    """Up to 16 sizes to try next: an MTU that was named with its neighbour, else some with the same distance."""
    if told is not None and low < told < high:
        return [told] + ([told + 1] if told + 1 < high else [])
    step = max(1, (high - low) // 17)
    return list(range(low + step, high, step))[:17]


def _icmp(six, source):
    s = socket.socket(socket.AF_INET6 if six else socket.AF_INET, socket.SOCK_RAW, 58 if six else 1)
    try:
        s.setsockopt(socket.IPPROTO_IPV6 if six else socket.IPPROTO_IP, IPV6_MTU_DISCOVER if six else IP_MTU_DISCOVER, PROBE)
        if source:
            s.bind((source, 0))
    except OSError:
        s.close()
        raise
    return s


def _send(s, six, address, size, mark, number):
    """None, or what came of it at once."""
    packet = struct.pack("!BBHHH", 128 if six else 8, 0, 0, mark, number) + b"calispray" * (size // 9 + 1)
    packet = packet[:max(size - (40 if six else 20), 8)]
    if not six:  # of ICMPv6 the kernel does it
        packet = packet[:2] + struct.pack("!H", checksum(packet)) + packet[4:]
    try:
        s.sendto(packet, (address, 0))
    except OSError as error:
        mtu = _path_mtu(six, address) if error.errno == errno.EMSGSIZE else None
        return {"answer": False, "said": "larger than the interface’s MTU" if mtu else error.strerror, "mtu": mtu}
    return None


def _received(s, six, mark):
    """(number of the echo, what came of it), or (None, None) for what is somebody else's."""
    try:
        packet = s.recv(1 << 16)
    except OSError:
        return None, None
    icmp = packet if six else packet[(packet[0] & 15) * 4:]
    kind, code = icmp[0], icmp[1]
    if kind == (129 if six else 0):
        its, number = struct.unpack("!HH", icmp[4:8])
        return (number, {"answer": True}) if its == mark else (None, None)
    if kind not in ((1, 2, 3) if six else (3, 11)):
        return None, None
    # The head of what it is about: an IP header and ours.
    about = icmp[8:]
    about = about[40:] if six else about[(about[0] & 15) * 4:] if about else b""
    if len(about) < 8 or struct.unpack("!H", about[4:6])[0] != mark or about[0] != (128 if six else 8):
        return None, None
    mtu = None
    if six and kind == 2:
        mtu = struct.unpack("!I", icmp[4:8])[0]
    elif not six and (kind, code) == (3, 4):
        mtu = struct.unpack("!H", icmp[6:8])[0] or None
    said = "fragmentation needed" if mtu or (kind, code) == (3, 4) else "Time to live exceeded" if kind == (3 if six else 11) else \
        (UNREACHABLE6 if six else UNREACHABLE).get(code, "Destination unreachable, code %d" % code)
    return struct.unpack("!H", about[6:8])[0], {"answer": False, "said": said, "mtu": mtu}


def _path_mtu(six, address):
    with socket.socket(socket.AF_INET6 if six else socket.AF_INET, socket.SOCK_DGRAM) as s:
        try:
            s.connect((address, 9))
            return s.getsockopt(socket.IPPROTO_IPV6 if six else socket.IPPROTO_IP, IPV6_MTU if six else IP_MTU)
        except OSError:
            return None


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF
