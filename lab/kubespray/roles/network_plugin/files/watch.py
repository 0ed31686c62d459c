#!/usr/bin/python3
"""What Felix does between two runs of kubespray: it follows the modes of the IPPool, whoever changes them.

Asks the API server once a second; what differs goes to /run/calispray-lab/live.json, which counts before
/etc/calispray-lab/dataplane.json, and the data plane is applied anew.
"""
import http.client
import json
import os
import ssl
import subprocess
import time
import urllib.parse

CONF = "/etc/calispray-lab/dataplane.json"
LIVE = "/run/calispray-lab/live.json"


def read(path):
    try:
        with open(path) as f:
            return json.load(f)
    except FileNotFoundError:
        return {}


def modes(connection, pool):
    """The modes of the live pool; None where there is none, or nobody to ask."""
    connection.request("GET", "/apis/projectcalico.org/v3/ippools/" + pool)
    response = connection.getresponse()
    data = response.read()
    if response.status != 200:
        return None
    spec = json.loads(data)["spec"]
    return {"ipip_mode": spec.get("ipipMode") or "Never", "vxlan_mode": spec.get("vxlanMode") or "Never"}


def main():
    conf, connection = read(CONF), None
    url = urllib.parse.urlsplit(conf["server"])
    # Nothing secret is asked or told, and this address is the lab's own.
    context = ssl._create_unverified_context()
    while True:
        time.sleep(1)
        try:
            connection = connection or http.client.HTTPSConnection(url.hostname, url.port, timeout=5, context=context)
            found = modes(connection, conf["pool_name"])
        except (OSError, http.client.HTTPException):
            connection = None
            continue
        if found is None or found == {**{k: read(CONF).get(k) for k in found}, **read(LIVE)}:
            continue
        with open(LIVE + ".tmp", "w") as f:
            json.dump(found, f)
        os.rename(LIVE + ".tmp", LIVE)
        subprocess.run(["systemctl", "restart", "calispray-lab-dataplane.service"])


if __name__ == "__main__":
    main()
