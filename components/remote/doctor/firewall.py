# Rules of the node's own firewall that drop or reject, whatever program made them. A part of node.py, whose `run` and `text_of` it uses.
import re


def iptables(ruleset):
    """Backend and numbers of rules; and what the rules are that `nft` does not show: [(where, text of iptables-save)]."""
    said = run("iptables", "-V")
    backend = next((name for name in ("nf_tables", "legacy") if "(%s)" % name in said), "legacy" if said else None)
    # iptables-legacy-save would load the kernel's modules: asked only where they are in use.
    legacy = run("iptables-legacy-save") if text_of("/proc/net/ip_tables_names").strip() else ""
    saved = "" if ruleset.strip() or backend != "nf_tables" else run("iptables-nft-save")
    count = lambda text: len(re.findall(r"^-A ", text, re.M))
    nft = sum(1 for table, _, _ in nft_rules(ruleset) if re.match(r"ip6? (filter|nat|mangle|raw|security)$", table)) or count(saved)
    return {"backend": backend, "legacy": count(legacy), "nft": nft}, [("iptables-legacy", legacy), ("iptables-nft", saved)]


# Calico's chains and tables, and those of kube-proxy and kubelet.
NOT_ITS_OWN = re.compile(r"^(cali|KUBE-|kube|calico)")


def shortened(rule):
    rule = re.sub(r'(-m comment )?(--comment|comment) ("[^"]*"|\S+)', "", rule)
    rule = re.sub(r"counter packets \d+ bytes \d+|# handle \d+", "", rule)
    return re.sub(r"\s+", " ", rule).strip()[:200]


def nft_rules(ruleset):
    """(table, chain, rule) of each; the line with a chain's policy is one of them."""
    table, chain = "", ""
    for line in ruleset.splitlines():
        words = line.split()
        if line.startswith("table "):
            table, chain = " ".join(words[1:-1]), ""
        elif words[:1] == ["chain"]:
            chain = words[1]
        elif words[:1] == ["}"] or words[:1] and words[0] in ("set", "map", "flowtable"):
            chain = ""
        elif chain and words and (words[0] != "type" or "policy drop" in line):
            yield table, chain, line.strip()


def nft_drops(ruleset):
    found = []
    for table, chain, rule in nft_rules(ruleset):
        if NOT_ITS_OWN.match(chain) or NOT_ITS_OWN.match(table.split(" ")[-1]):
            continue
        if rule.startswith("type "):
            found.append("nft %s %s: policy drop" % (table, chain))
        elif re.search(r"\b(drop|reject)\b", re.sub(r'"[^"]*"', "", rule)) or re.search(r'xt target "(DROP|REJECT)"', rule):
            found.append("nft %s %s: %s" % (table, chain, shortened(rule)))
    return found


def saved_drops(where, saved):
    found, table = [], ""
    for line in saved.splitlines():
        if line.startswith("*"):
            table = line[1:]
        match = re.match(r":(\S+) (DROP)", line) or re.match(r"-A (\S+) (.*-j (?:DROP|REJECT)\b.*)", line)
        if match and not NOT_ITS_OWN.match(match.group(1)):
            found.append("%s %s %s: %s" % (where, table, match.group(1), "policy drop" if match.group(2) == "DROP" else shortened(match.group(2))))
    return found
