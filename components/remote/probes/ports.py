# Ports and names, asked by hand: TCP, UDP and DNS.
import os, socket, struct, time

# Above the ports that clients are given (60999) and those of NodePorts: nothing listens there.
CLOSED_PORT = 64873


def port(address, number, timeout=1.0):
    """`open`, `refused` or `silent` (also where something on the way says that it may not be reached): of a TCP port."""
    try:
        with socket.create_connection((address, number), timeout):
            return "open"
    except ConnectionRefusedError:
        return "refused"
    except OSError:
        return "silent"


def tcp_closed(address, timeout=1.0):
    """Whether a TCP port where nobody listens says so: `answered` or `silent`. Packets whose checksum is broken are not answered."""
    return "silent" if port(address, CLOSED_PORT, timeout) == "silent" else "answered"


def udp_closed(address, timeout=1.0):
    """The same with UDP, whose “port unreachable” is the answer. Asked three times: nodes say it a few times a second only."""
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.settimeout(timeout / 3)
        try:
            s.connect((address, CLOSED_PORT))
        except OSError:
            return "silent"
        for _ in range(3):
            try:
                s.send(b"calispray")
                s.recv(16)
                return "answered"
            except ConnectionRefusedError:
                return "answered"
            except OSError:
                continue
    return "silent"


def dns(server, name, tcp=False, timeout=2.0, six=False):
    """Asks a name server for the addresses (AAAA where `six`) of an absolute name: {"addresses": […]} or {"problem": words}."""
    mark = os.urandom(2)
    labels = b"".join(bytes([len(each)]) + each.encode() for each in name.strip(".").split("."))
    query = mark + struct.pack("!HHHHH", 0x0100, 1, 0, 0, 0) + labels + struct.pack("!BHH", 0, 28 if six else 1, 1)
    try:
        answer = (_dns_tcp if tcp else _dns_udp)(server, query, time.monotonic() + timeout)
    except socket.timeout:
        return {"problem": "no answer within %g s" % timeout}
    except OSError as error:
        return {"problem": error.strerror or str(error)}
    try:
        return _dns_answer(answer, six)
    except (IndexError, struct.error):
        return {"problem": "an answer that is none of DNS"}


def _dns_udp(server, query, end):
    with socket.socket(socket.AF_INET6 if ":" in server else socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.connect((server, 53))
        for left in (3, 2, 1):  # one that was lost is asked again
            s.send(query)
            until = time.monotonic() + (end - time.monotonic()) / left
            while time.monotonic() < until:
                s.settimeout(max(until - time.monotonic(), 0.001))
                try:
                    answer = s.recv(1 << 16)
                except socket.timeout:
                    break
                if answer[:2] == query[:2]:
                    return answer
    raise socket.timeout()


def _dns_tcp(server, query, end):
    with socket.create_connection((server, 53), max(end - time.monotonic(), 0.001)) as s:
        s.sendall(struct.pack("!H", len(query)) + query)
        answer = b""
        while len(answer) < 2 or len(answer) < 2 + struct.unpack("!H", answer[:2])[0]:
            s.settimeout(max(end - time.monotonic(), 0.001))
            part = s.recv(1 << 16)
            if not part:
                raise OSError(0, "the connection was closed before the answer")
            answer += part
    return answer[2:]


def _dns_answer(answer, six):
    flags, questions, answers = struct.unpack("!HHH", answer[2:8])
    code = flags & 15
    if code:
        return {"problem": {1: "FORMERR", 2: "SERVFAIL", 3: "NXDOMAIN", 4: "NOTIMP", 5: "REFUSED"}.get(code, "code %d" % code)}
    if flags & 0x0200:
        return {"problem": "the answer was cut off"}
    at, addresses = 12, []
    for _ in range(questions):
        at = _after_name(answer, at) + 4
    for _ in range(answers):
        at = _after_name(answer, at)
        kind, _, _, length = struct.unpack("!HHIH", answer[at:at + 10])
        data = answer[at + 10:at + 10 + length]
        if kind == (28 if six else 1) and len(data) == (16 if six else 4):
            addresses.append(socket.inet_ntop(socket.AF_INET6 if six else socket.AF_INET, data))
        at += 10 + length
    return {"addresses": sorted(addresses)} if addresses else {"problem": "no address of that name"}


def _after_name(answer, at):
    while answer[at]:
        if answer[at] & 0xC0:
            return at + 2
        at += answer[at] + 1
    return at + 1
