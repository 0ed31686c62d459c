#!/usr/bin/python
"""The cluster's certificates, made on the node with openssl, and kubeconfigs from them.

Everything is made once and kept; a certificate is made anew when its subject or
addresses changed or it ends within 30 days. A kubeconfig without `path` is always new
(as `kubeadm kubeconfig user` is) and is returned, never written.

    dir: /etc/kubernetes/ssl
    certificates: [{name, cn, organization, usage: serverAuth|clientAuth, alt: ['IP:…', 'DNS:…']}]
    give: [name]                          # → given: {name: certificate and key in one}, ca: the authority's certificate
    kubeconfigs:  [{path, name, organization, server, cluster}]
"""
import base64
import json
import os
import subprocess
import sys
import tempfile

GIVEN = r"""<<INCLUDE_ANSIBLE_MODULE_JSON_ARGS>>"""
DAYS = "365"

KUBECONFIG = """\
apiVersion: v1
kind: Config
clusters:
  - name: {cluster}
    cluster:
      server: {server}
      certificate-authority-data: {ca}
contexts:
  - name: {user}@{cluster}
    context:
      cluster: {cluster}
      user: {user}
current-context: {user}@{cluster}
preferences: {{}}
users:
  - name: {user}
    user:
      client-certificate-data: {cert}
      client-key-data: {key}
"""


def openssl(*args, text=None):
    run = subprocess.run(["openssl", *args], input=text, capture_output=True, text=True)
    if run.returncode != 0:
        raise RuntimeError("openssl %s: %s" % (args[0], run.stderr.strip()))
    return run.stdout


def read(path):
    with open(path) as f:
        return f.read()


def write(path, content, mode=0o600):
    tmp = path + ".tmp"
    with open(os.open(tmp, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w") as f:
        f.write(content)
    os.rename(tmp, path)


def lasting(path):
    """The certificate is there and good for another 30 days."""
    month = str(30 * 24 * 3600)
    return os.path.exists(path) and subprocess.run(["openssl", "x509", "-checkend", month, "-noout", "-in", path], capture_output=True).returncode == 0


def new_key():
    return openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout")


def sign(directory, key, cn, organization, usage, alt=()):
    """The signed certificate of `key`; the subject goes through a file, so no character of it is special."""
    ext = "extendedKeyUsage=%s\nkeyUsage=digitalSignature\nbasicConstraints=CA:FALSE\n" % usage
    if alt:
        ext += "subjectAltName=%s\n" % ",".join(alt)
    with tempfile.TemporaryDirectory() as t:
        subject = "[req]\nprompt=no\ndistinguished_name=dn\n[dn]\n%sCN=%s\n" % ("O=%s\n" % organization if organization else "", cn)
        for name, text in (("key", key), ("cnf", subject), ("ext", ext)):
            write(os.path.join(t, name), text)
        csr = openssl("req", "-new", "-key", os.path.join(t, "key"), "-config", os.path.join(t, "cnf"))
        return openssl("x509", "-req", "-days", DAYS, "-CA", os.path.join(directory, "ca.pem"), "-CAkey", os.path.join(directory, "ca-key.pem"),
                       "-set_serial", "0x" + os.urandom(16).hex(), "-extfile", os.path.join(t, "ext"), text=csr)


def authority(directory, changed):
    os.makedirs(directory, mode=0o700, exist_ok=True)
    key, cert = os.path.join(directory, "ca-key.pem"), os.path.join(directory, "ca.pem")
    if not os.path.exists(cert):
        write(key, new_key())
        write(cert, openssl("req", "-x509", "-new", "-key", key, "-subj", "/CN=kubernetes", "-days", "3650"), 0o644)
        changed.append("ca")
    sa = os.path.join(directory, "service-account-key.pem")
    if not os.path.exists(sa):
        write(sa, new_key())
        changed.append("service-account")


def certificate(directory, c, changed):
    base = os.path.join(directory, c["name"])
    wanted = repr([c["cn"], c.get("organization"), c["usage"], c.get("alt")])
    made = base + ".made-for"
    if lasting(base + ".pem") and os.path.exists(made) and read(made) == wanted and "ca" not in changed:
        return
    key = new_key()
    cert = sign(directory, key, c["cn"], c.get("organization"), c["usage"], c.get("alt") or ())
    write(base + "-key.pem", key)
    write(base + ".pem", cert, 0o644)
    write(made, wanted, 0o644)
    changed.append(c["name"])


def kubeconfig(directory, k, changed):
    """The text of a kubeconfig, or None when the one at `path` is still good."""
    path = k.get("path")
    if path and lasting_kubeconfig(directory, path, k["server"]):
        return None
    key = new_key()
    cert = sign(directory, key, k["name"], k.get("organization"), "clientAuth")
    b64 = lambda s: base64.b64encode(s.encode()).decode()
    text = KUBECONFIG.format(cluster=k["cluster"], server=k["server"], user=k["name"], ca=b64(read(os.path.join(directory, "ca.pem"))), cert=b64(cert), key=b64(key))
    if not path:
        return text
    os.makedirs(os.path.dirname(path), mode=0o755, exist_ok=True)
    write(path, text)
    changed.append(path)
    return None


def lasting_kubeconfig(directory, path, server):
    if not os.path.exists(path):
        return False
    fields = dict(line.strip().split(": ", 1) for line in read(path).splitlines() if ": " in line)
    if fields.get("server") != server or base64.b64decode(fields.get("certificate-authority-data", "")).decode() != read(os.path.join(directory, "ca.pem")):
        return False
    with tempfile.NamedTemporaryFile("w", suffix=".pem") as f:
        f.write(base64.b64decode(fields.get("client-certificate-data", "")).decode())
        f.flush()
        return lasting(f.name)


def end(**result):
    print(json.dumps(result))
    sys.exit(1 if result.get("failed") else 0)


def main():
    wanted = json.loads(GIVEN)
    directory, changed = wanted["dir"], []
    try:
        authority(directory, changed)
        for c in wanted.get("certificates", []):
            certificate(directory, c, changed)
        texts = [kubeconfig(directory, k, changed) for k in wanted.get("kubeconfigs", [])]
    except RuntimeError as e:
        end(failed=True, msg=str(e))
    given = {name: "".join(read(os.path.join(directory, name + part)) for part in (".pem", "-key.pem")) for name in wanted.get("give", [])}
    end(changed=bool(changed), made=changed, kubeconfigs=texts, given=given, ca=read(os.path.join(directory, "ca.pem")))


if __name__ == "__main__":
    main()
