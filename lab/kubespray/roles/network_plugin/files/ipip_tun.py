#!/usr/bin/python3
"""IP in IP (protocol 4) in user space, for kernels without CONFIG_NET_IPIP.

A TUN device named tunl0 and a raw socket: what the routes hand to tunl0 is wrapped and
sent to the node whose block holds the destination, with DF set as the kernel does it.
SIGHUP reads the node list again.
"""
import fcntl
import ipaddress
import os
import select
import signal
import socket
import struct
import sys

sys.path.insert(0, "/usr/local/lib/calispray-lab")
from host import load_plan  # noqa: E402
from plan import networks  # noqa: E402

TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
IP_MTU_DISCOVER, IP_PMTUDISC_DO = 10, 2


def load():
    plan = load_plan()
    table = [(ipaddress.ip_network(b), n["address"]) for n in plan.others for b in networks(n)]
    table.sort(key=lambda entry: -entry[0].prefixlen)
    return plan.me["address"], table, {n["address"] for n in plan.others}


def remote(table, destination):
    return next((address for block, address in table if destination in block), None)


def main():
    local, table, peers = load()
    again = []
    signal.signal(signal.SIGHUP, lambda *_: again.append(True))
    tun = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH22x", b"tunl0", IFF_TUN | IFF_NO_PI))
    wire = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_IPIP)
    wire.bind((local, 0))
    wire.setsockopt(socket.IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO)
    while True:
        ready = select.select([tun, wire], [], [], 1)[0]
        if again:
            again.clear()
            local, table, peers = load()
        if tun in ready:
            packet = os.read(tun, 65535)
            to = remote(table, ipaddress.ip_address(packet[16:20])) if packet[0] >> 4 == 4 else None
            if to:
                try:
                    wire.sendto(packet, (to, 0))
                except OSError as e:
                    print("dropped %d bytes to %s: %s" % (len(packet), to, e), flush=True)
        if wire in ready:
            packet, source = wire.recvfrom(65535)
            if source[0] in peers:
                os.write(tun, packet[(packet[0] & 15) * 4 :])


if __name__ == "__main__":
    main()
