# Network namespaces of pods: which there are, and calling a function inside of one. That goes on in a child of its own: the process that
# asks stays where it is. It must have no other threads.
import ctypes, fcntl, json, os, select, signal, socket, struct, time

# containerd and CRI-O keep the network namespaces of pods in the first, Docker in the second.
NAMESPACES = ("/run/netns", "/var/run/docker/netns")
CLONE_NEWNET = 0x40000000


def pod_namespaces():
    """Every network namespace of a pod: [{"path": "/run/netns/x", "address": "10.244.0.5", "addresses": [all of scope global],
    "mtu": of the pod's interface, "host_mtu": of the node's side of it or None, "device": that side's name or None}]. `address` is
    the IPv4 one where there is one. The node's own namespace and those without an address are left out."""
    seen, paths = {os.stat("/proc/self/ns/net").st_ino}, []
    for folder in NAMESPACES:
        for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else ():
            path = os.path.join(folder, name)
            try:
                inode = os.stat(path).st_ino
            except OSError:  # it went away just now
                continue
            if inode not in seen:
                seen.add(inode)
                paths.append(path)
    routes, found = _host_routes(), []
    for path, links in zip(paths, inside(None, _links_of, paths, seconds=30)):
        addresses = [(each, link["mtu"]) for link in links for each in link["addresses"]]
        if not addresses:
            continue
        address, mtu = sorted(addresses, key=lambda pair: ":" in pair[0])[0]
        device = routes.get(address)
        found.append({"path": path, "address": address, "addresses": [each for each, _ in addresses], "mtu": mtu,
                      "host_mtu": _mtu_of(device) if device else None, "device": device})
    return found


def inside(path, function, *args, **options):
    """What function(*args) gives, called in a child within the network namespace `path` (None: the node's own). It must be what JSON can
    say. Raises OSError where the namespace is gone, it fails, or does not end within `seconds` (10)."""
    given = all_inside([(path, function, args)], options.get("seconds", 10))[0]
    if "problem" in given:
        raise OSError(given["problem"])
    return given["value"]


def all_inside(calls, seconds=10, at_once=32):
    """Many of them at a time: calls is [(path, function, args)]; gives, in their order, {"value": …} or {"problem": words}."""
    given, waiting, running = [None] * len(calls), list(range(len(calls))), {}
    try:
        while waiting or running:
            while waiting and len(running) < at_once:
                at = waiting.pop(0)
                pid, pipe = start_inside(*calls[at])
                running[pipe] = [at, pid, time.monotonic() + seconds, b""]
            ready = select.select(list(running), [], [], 0.2)[0]
            for pipe in list(running):
                at, pid, end, text = running[pipe]
                part = os.read(pipe, 1 << 16) if pipe in ready else None
                if part:
                    running[pipe][3] = text + part
                elif part == b"":
                    given[at] = json.loads(text.decode()) if text else {"problem": "it ended without a word"}
                elif time.monotonic() > end:
                    given[at] = {"problem": "no answer within %g s" % seconds}
                if given[at] is not None:
                    _end_child(running.pop(pipe)[1], pipe)
    finally:
        for pipe, (_, pid, _, _) in running.items():
            _end_child(pid, pipe)
    return given


def start_inside(path, function, args):
    """Forks; gives the child's (pid, pipe): {"value": …} or {"problem": …} comes through the pipe, as JSON."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writing)
        return pid, reading
    try:
        for each in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(each, signal.SIG_DFL)
        os.close(reading)
        try:
            if path is not None:
                enter(path)
            said = {"value": function(*args)}
        except Exception as error:  # whoever waits must learn of it
            said = {"problem": getattr(error, "strerror", None) or str(error) or type(error).__name__}
        text = json.dumps(said).encode()
        while text:
            text = text[os.write(writing, text):]
    finally:
        os._exit(0)


def _end_child(pid, pipe):
    os.close(pipe)
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    os.waitpid(pid, 0)


def enter(path):
    """Moves this process into a network namespace: for a child that does nothing else. Python has os.setns since 3.12 alone."""
    libc = ctypes.CDLL(None, use_errno=True)
    with open(path) as file:
        if libc.setns(file.fileno(), CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def _links_of(paths):
    """Of each namespace its links that have an address of scope global: [[{"name", "mtu", "addresses"}]]. Empty for one that went away."""
    found = []
    for path in paths:
        try:
            enter(path)
            found.append(_links())
        except OSError:
            found.append([])
    return found


def _links():
    links = {}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        for _, name in socket.if_nameindex():
            try:
                packed = fcntl.ioctl(s, 0x8915, struct.pack("256s", name.encode()))  # SIOCGIFADDR
                address = socket.inet_ntoa(packed[20:24])
            except OSError:
                continue
            if not address.startswith(("127.", "169.254.")):
                links.setdefault(name, []).append(address)
    try:
        with open("/proc/self/net/if_inet6") as file:
            for line in file:
                packed, _, _, scope, _, name = line.split()
                if scope == "00":
                    links.setdefault(name, []).append(socket.inet_ntop(socket.AF_INET6, bytes.fromhex(packed)))
    except OSError:  # without IPv6
        pass
    return [{"name": name, "mtu": _mtu_of(name), "addresses": addresses} for name, addresses in sorted(links.items())]


def _mtu_of(device):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        try:
            return struct.unpack("16si", fcntl.ioctl(s, 0x8921, struct.pack("16si", device.encode(), 0))[:20])[1]  # SIOCGIFMTU
        except OSError:
            return None


def _host_routes():
    """The node's side of pods, as Calico and others that route have it: {address: device} of every route to one address."""
    found = {}
    with open("/proc/self/net/route") as file:
        for line in list(file)[1:]:
            device, to, _, _, _, _, _, mask = line.split()[:8]
            if mask == "FFFFFFFF":
                found[socket.inet_ntoa(struct.pack("=I", int(to, 16)))] = device
    try:
        with open("/proc/self/net/ipv6_route") as file:
            for line in file:
                words = line.split()
                if words[1] == "80" and words[9] != "lo":
                    found[socket.inet_ntop(socket.AF_INET6, bytes.fromhex(words[0]))] = words[9]
    except OSError:
        pass
    return found
