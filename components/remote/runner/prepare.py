"""A run's folder made ready: a snapshot of what it is run on, Ansible's configuration, the secrets, the command lines.

Everything is taken from the snapshot, so that an inventory which is laid while the run is at work changes nothing of it.
"""
from __future__ import annotations

import json
import os
import shutil
from typing import Any, Optional

from store import Home, Refused, canonical, digest, discard, free_bytes, read_json, write_json, write_text

# What a long log, its events and kubespray's own small files take on this disk, with room for the system.
LEAST_FREE = 200 << 20

# kubespray's own, which must be one folder for all runs: the kubeconfig, and passwords it makes once.
SHARED = ("artifacts", "credentials")


def refuse_full(home: Home) -> None:
    free = free_bytes(home.at("runs"))
    if free < LEAST_FREE:
        raise Refused(f"only {free >> 20} MiB are free below {home.path} on the controller, {LEAST_FREE >> 20} are wanted: make room, nothing was begun.")


def prepare(home: Home, run: str, secrets: dict[str, Any]) -> None:
    """Everything of a new attempt. Whatever an earlier one left half done is gone."""
    folder = home.run(run)
    for name in ("log", "events.jsonl"):
        if os.path.exists(os.path.join(folder, name)):
            os.replace(os.path.join(folder, name), os.path.join(folder, f"{name}.before"))
    for name in ("result.json", "secrets.json"):
        discard(os.path.join(folder, name))
    shutil.copyfile(home.at("desired.json"), os.path.join(folder, "desired.json"))
    snapshot(home, home.at("inventory"), os.path.join(folder, "inventory"))
    if os.path.isdir(home.at("applied", "inventory")):
        snapshot(home, home.at("applied", "inventory"), os.path.join(folder, "inventory-applied"))
    drop_stale_facts(home)
    desired = read_json(os.path.join(folder, "desired.json"))
    write_text(os.path.join(folder, "known_hosts"), known_hosts(home))
    write_text(os.path.join(folder, "ansible.cfg"), configuration(home, run, desired))
    if secrets:
        write_json(os.path.join(folder, "secrets.json"), secrets)


def snapshot(home: Home, source: str, target: str) -> None:
    if not os.path.isdir(source):
        raise Refused(f"{source} is not on the controller: run `up`, which lays it.")
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target, symlinks=True, ignore=lambda folder, names: SHARED if folder == source else ())
    for name in SHARED:
        os.makedirs(home.at("inventory", name), mode=0o700, exist_ok=True)
        os.symlink(home.at("inventory", name), os.path.join(target, name))


def known_hosts(home: Home) -> str:
    """The declared host keys; of hosts that leave, which a run still goes to, those that they were built with."""
    declared, built = (lines_of(path) for path in (home.at("known_hosts"), home.at("applied", "known_hosts")))
    names = {name for line in declared for name in names_of(line)}
    return "\n".join([*declared, *(line for line in built if not names & names_of(line)), ""])


def lines_of(path: str) -> list[str]:
    try:
        with open(path, encoding="utf-8") as file:
            return [line.strip() for line in file if line.strip()]
    except FileNotFoundError:
        return []


def names_of(line: str) -> set[str]:
    return set(line.split()[0].split(","))


def drop_stale_facts(home: Home) -> None:
    """What Ansible remembers of a host that has another host key or address now: it is another machine."""
    os.makedirs(home.at("facts"), exist_ok=True)
    hosts = (home.desired()["facts"]).get("hosts", {})
    lines = [line.split() for line in lines_of(home.at("known_hosts"))]
    known = {}
    for host, fact in hosts.items():
        names = {fact.get("address"), host}
        keys = sorted(" ".join(line) for line in lines if names & {name.strip("[]").split("]")[0] for name in line[0].split(",")})
        known[host] = digest([fact.get("address"), keys])
    # A host that is reached by another name than its address: any key that changed may be its.
    known[""] = digest(sorted(canonical(line) for line in lines))
    before: dict[str, str] = read_json(home.at("facts-of.json")) or {}
    unnamed = before.get("") != known[""] and all(before.get(host) == known[host] for host in hosts)
    for name in os.listdir(home.at("facts")):
        if name not in known or before.get(name) != known[name] or unnamed:
            discard(home.at("facts", name))
    write_json(home.at("facts-of.json"), known)


def configuration(home: Home, run: str, desired: dict[str, Any]) -> str:
    """What kubespray v2.31.0 ansible.cfg says and its playbooks need, but with host keys that are checked, a fact cache of
    this cluster alone, and a node that vanished noticed after two minutes instead of TCP's fifteen."""
    kubespray = home.at(desired["folder"], "kubespray")
    return f"""[defaults]
roles_path = {kubespray}/roles
library = {kubespray}/library
forks = {desired["runs"]["forks"]}
host_key_checking = True
force_valid_group_names = ignore
gathering = smart
fact_caching = jsonfile
fact_caching_connection = {home.at("facts")}
fact_caching_timeout = 86400
timeout = 60
local_tmp = {home.run(run, "tmp")}
stdout_callback = default
callback_plugins = {home.at("runner", "callback")}
callbacks_enabled = calispray_events
display_skipped_hosts = False
deprecation_warnings = False
retry_files_enabled = False
nocows = True
inventory_ignore_extensions = ~, .orig, .bak, .ini, .cfg, .retry, .pyc, .pyo, .creds, .gpg, .json
[inventory]
ignore_patterns = artifacts, credentials
[ssh_connection]
pipelining = True
control_path_dir = {home.at("cp")}
ssh_args = {ssh_args("yes", home.run(run, "known_hosts"))}
"""


def ssh_args(checking: str, known_hosts: str) -> str:
    options = {
        "ControlMaster": "auto",
        "ControlPersist": "30m",
        "ConnectionAttempts": "5",
        "ServerAliveInterval": "15",
        "ServerAliveCountMax": "8",
        "StrictHostKeyChecking": checking,
        "UserKnownHostsFile": known_hosts,
    }
    return " ".join(f"-o {name}={value}" for name, value in options.items())


def commands(home: Home, run: dict[str, Any], desired: dict[str, Any], applied: Optional[dict[str, Any]]) -> list[list[str]]:
    """The command line of every call of the step. Nothing secret is in them: a command line shows to everybody."""
    before = (applied or {}).get("hosts", {})
    groups = {group for host in run["hosts"] for group in before.get(host, {}).get("groups", [])}
    calls = [call for call in run["calls"] if "ifIn" not in call or groups & set(call["ifIn"])]
    return [command(home, run, number, call, desired, before) for number, call in enumerate(calls, 1)]


def command(home: Home, run: dict[str, Any], number: int, call: dict[str, Any], desired: dict[str, Any], before: dict[str, Any]) -> list[str]:
    folder = home.at(desired["folder"])
    inventory = inventory_of(home, run, number, call, desired, before)
    words = [os.path.join(folder, "venv/bin/ansible-playbook"), "-i", inventory, "-b", f"--private-key={home.at('id_ed25519')}"]
    # What group_vars cannot say, since a role's own vars/ win over them.
    for path in (os.path.join(os.path.dirname(inventory), "extra-vars.json"), home.run(run["run"], "secrets.json")):
        if os.path.exists(path):
            words += ["-e", f"@{path}"]
    if "command" in call:
        return [*words, own_playbook(home, run, number, call)]
    if call.get("extraVars"):
        words += ["-e", filled(json.dumps(call["extraVars"]), run)]
    for option, key in (("--tags", "tags"), ("--skip-tags", "skipTags")):
        if call.get(key):
            words += [option, ",".join(call[key])]
    if call.get("limit"):
        words += ["--limit", ",".join(run["hosts"]) if call["limit"] == "new" else call["limit"]]
    return [*words, os.path.join(folder, "kubespray", call["playbook"])]


def filled(text: str, run: dict[str, Any]) -> str:
    return text.replace("{node}", ",".join(run["hosts"])).replace("{peer}", ",".join(run.get("peers", [])))


def own_playbook(home: Home, run: dict[str, Any], number: int, call: dict[str, Any]) -> str:
    """A command as a playbook of one task, so that it is followed, counted and tried again as any other. JSON is YAML."""
    name = filled(call["name"], run)
    task: dict[str, Any] = {
        "name": name,
        "ansible.builtin.command": {"argv": [filled(word, run) for word in call["command"]]},
        "register": "said",
    }
    if call.get("tries", 1) > 1:
        # ansible-core counts the tries after the first.
        task.update(until="said is succeeded", retries=call["tries"] - 1, delay=call.get("delaySeconds", 0))
    play = {"name": name, "hosts": call["on"], "gather_facts": False, "tasks": [task]}
    path = home.run(run["run"], f"call-{number}.yml")
    write_json(path, [play])
    return path


def inventory_of(home: Home, run: dict[str, Any], number: int, call: dict[str, Any], desired: dict[str, Any], before: dict[str, Any]) -> str:
    """The hosts.yaml of a call, in the snapshot it belongs to: without the hosts that the call is not to see."""
    old = call.get("inventory") == "applied"
    hosts = read_json(home.at("applied", "hosts.json")) if old else desired["hosts"]
    if old and not (hosts and before):
        raise Refused(f"the inventory that {', '.join(run['hosts'])} was built with is lost ({home.at('applied')}): it cannot be removed by a run.")
    seen = set(before)
    if run["kind"] in ("build", "reset"):
        seen = names_in(hosts)
    elif call.get("sees") != "members":
        seen |= set(run["hosts"])
    path = home.run(run["run"], "inventory-applied" if old else "inventory", f"hosts-{number}.yaml")
    write_json(path, trusting(home, run["run"], only(hosts, seen)))
    return path


def trusting(home: Home, run: str, inventory: dict[str, Any]) -> dict[str, Any]:
    """A host without a known key is one of `hostKey: accept-new`: what it shows at first is kept, beside what is declared."""
    known = {name for line in lines_of(home.run(run, "known_hosts")) for name in names_of(line)}
    hosts = inventory["all"]["hosts"]
    for host, variables in hosts.items():
        address, port = (variables or {}).get("ansible_host", host), (variables or {}).get("ansible_port", 22)
        if (address if port == 22 else f"[{address}]:{port}") not in known:
            hosts[host] = {**(variables or {}), "ansible_ssh_args": ssh_args("accept-new", home.at("known_hosts.accepted"))}
    return inventory


def names_in(value: Any) -> set[str]:
    found: set[str] = set()
    for key, each in value.items() if isinstance(value, dict) else ():
        found |= set(each or ()) if key == "hosts" else names_in(each)
    return found


def only(value: Any, seen: set[str]) -> Any:
    """An inventory without the other hosts, in every group."""
    if not isinstance(value, dict):
        return value
    return {
        key: {host: facts for host, facts in (each or {}).items() if host in seen} if key == "hosts" else only(each, seen)
        for key, each in value.items()
    }
