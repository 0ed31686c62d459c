# The paths from one node, as PathSeen of kubespray/doctor/types.ts has them: one line of JSON, a list. Python 3.6 or newer, root.
# The text of ../probes and QUESTION stand before it: {"layers": [{"layer": "node" | "pod", "fromAddress", "promised", "targets":
# [{"to", "address", "ports": ["tcp/179"]}]}]}; of the layer `pod` all is sent from the network namespace that has `fromAddress`.
import json, threading

SECONDS = 12  # for one layer
CHUNK = 50  # targets whose answers a socket's buffer holds


def others(target, promised, small, full):
    """What a small and a full packet did not say."""
    address = target["address"]
    found = {"to": target["to"], "toAddress": address, "promised": promised, "small": "answered" if small["answer"] else small["said"],
             "largest": promised if full["answer"] else None, "told": full.get("mtu") or small.get("mtu"),
             "tcp": tcp_closed(address), "udp": udp_closed(address), "ports": {}}
    for each in target["ports"]:
        found["ports"][each] = port(address, int(each.partition("/")[2]))
    if small["answer"] and not full["answer"]:
        searched = largest(address, promised)
        found["largest"], found["told"] = searched["largest"], searched["told"]
        found["small"] = searched["small"]
    return found


def layer(targets, promised):
    """All targets at once; those that are not through in time are left out."""
    done = []
    for begin in range(0, len(targets), CHUNK):
        some = targets[begin:begin + CHUNK]
        answers = echoes([(each["address"], size) for each in some for size in (SMALL, promised)])
        asking = [threading.Thread(target=lambda at=at, each=each: done.append(others(each, promised, *answers[2 * at:2 * at + 2])), daemon=True)
                  for at, each in enumerate(some)]
        for each in asking:
            each.start()
        for each in asking:
            each.join()
    return done


def main():
    spaces = {each["address"]: each["path"] for each in pod_namespaces()} if any(each["layer"] == "pod" for each in QUESTION["layers"]) else {}
    wanted = [each for each in QUESTION["layers"] if each["layer"] == "node" or each["fromAddress"] in spaces]
    calls = [(None if each["layer"] == "node" else spaces[each["fromAddress"]], layer, (each["targets"], each["promised"])) for each in wanted]
    found = []
    for each, given in zip(wanted, all_inside(calls, SECONDS)):
        found += [dict(one, layer=each["layer"], fromAddress=each["fromAddress"]) for one in given.get("value") or []]
    print(json.dumps(found))


main()
