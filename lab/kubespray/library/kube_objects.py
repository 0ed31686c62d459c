#!/usr/bin/python
"""Objects of the Kubernetes API, by server-side apply over one connection.

Only the standard library of the node is used, so a step costs one Python and no
kubectl. `changed` compares what the API server had before and has after.

    api:       {server, ca, cert, key}    # the last three are paths on the node
    wait:      60                         # seconds for /readyz; 0: do not wait
    manifests: [path]                     # YAML of CustomResourceDefinitions, sent as they are
    objects:   [{apiVersion, kind, …}]    # a `status` goes to the status subresource
    keep:      true                       # labels and taints that an object has stay, as `kubectl label` and `taint` leave them
    absent:    [{apiVersion, kind, name}] # deleted where they exist
    get:       {apiVersion, kind, name}   # → `object`, or null (also where no API server answers)
"""
import http.client
import json
import re
import ssl
import sys
import time
import urllib.parse

GIVEN = r"""<<INCLUDE_ANSIBLE_MODULE_JSON_ARGS>>"""
MANAGER = "fieldManager=kubespray&force=true"
CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"


class Refused(Exception):
    pass


def content(found, path):
    """The object without its bookkeeping: managedFields alone also move when another manager wrote, and so does a status."""
    metadata = {k: v for k, v in found.get("metadata", {}).items() if k not in ("managedFields", "resourceVersion", "generation")}
    return {**found, "metadata": metadata, "status": found.get("status") if path.endswith("/status") else None}


class Api:
    def __init__(self, server, ca, cert, key):
        self.url = urllib.parse.urlsplit(server)
        self.context = ssl.create_default_context(cafile=ca)
        self.context.load_cert_chain(cert, key)
        self.connection = None
        self.kinds = {}

    def call(self, method, path, body=None, kind="application/json"):
        """(status, parsed body); a dropped connection is dialled once more."""
        for last in (False, True):
            try:
                if self.connection is None:
                    self.connection = http.client.HTTPSConnection(self.url.hostname, self.url.port, timeout=30, context=self.context)
                self.connection.request(method, path, body=body, headers={"Content-Type": kind, "Accept": "application/json"})
                response = self.connection.getresponse()
                data = response.read()
                break
            except (OSError, http.client.HTTPException):
                self.connection = None
                if last:
                    raise
        try:
            return response.status, json.loads(data)
        except ValueError:
            return response.status, data.decode(errors="replace")

    def ready(self, seconds):
        """Waits until /readyz says ok."""
        end, last = time.monotonic() + seconds, "no answer"
        while time.monotonic() < end:
            try:
                status, last = self.call("GET", "/readyz")
                if status == 200:
                    return
            except (OSError, http.client.HTTPException) as e:
                last = str(e)
            time.sleep(0.1)
        raise Refused("kube-apiserver at %s is not ready after %d s: %s" % (self.url.geturl(), seconds, last))

    def path(self, ref, seconds=20):
        """The object's path, from the group's own list of kinds; waits for a kind that was declared just now."""
        version, kind = ref["apiVersion"], ref["kind"]
        root = ("/apis/" if "/" in version else "/api/") + version
        end = time.monotonic() + seconds
        while (version, kind) not in self.kinds:
            status, found = self.call("GET", root)
            if status == 200:
                self.kinds.update({(version, r["kind"]): r for r in found["resources"] if "/" not in r["name"]})
            if (version, kind) in self.kinds:
                break
            if time.monotonic() > end:
                raise Refused("%s %s is not served" % (version, kind))
            time.sleep(0.1)
        resource = self.kinds[(version, kind)]
        meta = ref.get("metadata", ref)
        space = "/namespaces/%s" % meta["namespace"] if resource["namespaced"] else ""
        return "%s%s/%s/%s" % (root, space, resource["name"], meta["name"])

    def apply(self, path, body):
        """True when the object moved."""
        _, before = self.call("GET", path)  # a Status where there is none
        status, after = self.call("PATCH", path + "?" + MANAGER, body, "application/apply-patch+yaml")
        if status not in (200, 201):
            raise Refused("%s: %s" % (path, after["message"] if isinstance(after, dict) else after))
        return content(before, path) != content(after, path)


def established(crd):
    conditions = crd.get("status", {}).get("conditions") or []
    return any(c["type"] == "Established" and c["status"] == "True" for c in conditions)


def apply_crds(api, manifests):
    """Applies every CRD of the files, then waits until each is served. Returns the names that changed."""
    names, changed = [], []
    for path in manifests:
        with open(path) as f:
            documents = re.split(r"^---\s*$", f.read(), flags=re.M)
        for document in documents:
            if not re.search(r"^kind:\s*CustomResourceDefinition\s*$", document, re.M):
                continue
            name = re.search(r"^  name:\s*(\S+)", document, re.M).group(1)
            names.append(name)
            if api.apply("%s/%s" % (CRDS, name), document.encode()):
                changed.append(name)
    end = time.monotonic() + 30
    while names:
        _, found = api.call("GET", CRDS)
        good = {c["metadata"]["name"] for c in found["items"] if established(c)}
        if good.issuperset(names):
            break
        if time.monotonic() > end:
            raise Refused("not established after 30 s: %s" % ", ".join(sorted(set(names) - good)))
        time.sleep(0.1)
    return changed


def with_kept(item, found):
    """The object with the labels and taints that the live one has beyond it; what Kubernetes itself taints is its own."""
    live = found.get("metadata", {}).get("labels", {}) if isinstance(found, dict) else {}
    taints = found.get("spec", {}).get("taints", []) if isinstance(found, dict) else []
    metadata = {**item["metadata"], "labels": {**live, **item["metadata"].get("labels", {})}}
    ours = {(t["key"], t["effect"]) for t in item["spec"]["taints"]}
    kept = [t for t in taints if (t["key"], t["effect"]) not in ours and not t["key"].startswith("node.kubernetes.io/")]
    return {**item, "metadata": metadata, "spec": {**item["spec"], "taints": item["spec"]["taints"] + kept}}


def apply_object(api, item, keep):
    path, status = api.path(item), item.pop("status", None)
    if keep:
        item = with_kept(item, api.call("GET", path)[1])
    body = json.dumps(item)
    changed = api.apply(path, body)
    if changed:
        api.apply(path, body)  # admission adds to a new object (a Node's not-ready taint): take it back
    if status is not None:
        head = {"apiVersion": item["apiVersion"], "kind": item["kind"], "metadata": {"name": item["metadata"]["name"]}, "status": status}
        changed = api.apply(path + "/status", json.dumps(head)) or changed
    return changed


def delete(api, ref):
    status, answer = api.call("DELETE", api.path(ref))
    if status not in (200, 202, 404):
        raise Refused("%s: %s" % (ref["name"], answer["message"] if isinstance(answer, dict) else answer))
    return status != 404


def get(params):
    """The live object, or None: no certificates yet, no answer, no such kind, no such object."""
    try:
        api = Api(**params["api"])
        status, found = api.call("GET", api.path(params["get"], seconds=0))
        return found if status == 200 else None
    except (OSError, http.client.HTTPException, Refused):
        return None


def end(**result):
    print(json.dumps(result))
    sys.exit(1 if result.get("failed") else 0)


def main():
    p = json.loads(GIVEN)
    if p.get("get"):
        end(changed=False, object=get(p))
    try:
        api = Api(**p["api"])
        if p.get("wait"):
            api.ready(int(p["wait"]))
        changed = apply_crds(api, p.get("manifests", []))
        changed += [o["metadata"]["name"] for o in p.get("objects", []) if apply_object(api, o, p.get("keep", False))]
        changed += [r["name"] for r in p.get("absent", []) if delete(api, r)]
    except (OSError, http.client.HTTPException, Refused) as e:
        end(failed=True, msg=str(e))
    end(changed=bool(changed), moved=changed)


if __name__ == "__main__":
    main()
