"""The network of one pod, wired as Calico's CNI plugin does it: veth `cali…` with proxy ARP for 169.254.1.1, and a /32 route."""
import hashlib

from host import ip, run, sysctl

GATEWAY = "169.254.1.1"
CALI_MAC = "ee:ee:ee:ee:ee:ee"


def interface(namespace, name):
    """Calico v3.31.5 libcalico-go/lib/backend/k8s/conversion/workload_endpoint_default.go: VethNameForWorkload."""
    return "cali" + hashlib.sha1(("%s.%s" % (namespace, name)).encode()).hexdigest()[:11]


def add(space, iface, address, mtu):
    """Makes the network namespace /run/netns/`space` with that pod's network; what was there under its names is gone."""
    remove(space, iface)
    ip("netns add " + space)
    ip("link add %s mtu %d type veth peer name eth0 mtu %d netns %s" % (iface, mtu, mtu, space))
    ip("link set %s address %s up" % (iface, CALI_MAC))
    for key, value in (("conf/%s/proxy_arp", 1), ("neigh/%s/proxy_delay", 0), ("conf/%s/rp_filter", 1), ("conf/%s/forwarding", 1)):
        sysctl("net/ipv4/" + key % iface, value)
    batch = ["link set lo up", "link set eth0 up", "addr add %s/32 dev eth0" % address, "route add %s dev eth0 scope link" % GATEWAY, "route add default via %s dev eth0" % GATEWAY]
    run("ip", "-n", space, "-batch", "-", text="\n".join(batch) + "\n")
    ip("route replace %s/32 dev %s scope link" % (address, iface))


def remove(space, iface):
    """Its interface first: the kernel takes its time with a namespace that somebody still uses."""
    ip("link del " + iface, check=False)
    ip("netns del " + space, check=False)
