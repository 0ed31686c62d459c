# The paths from one node, as PathSeen of kubespray/doctor/types.ts has them: one line of JSON, {"paths": […], "problems": [words]}. Python
# 3.6 or newer, root.
# The text of ../probes and QUESTION stand before it: {"seconds": the longest that it may take, "layers": [{"layer": "node" | "pod", "fromAddress", "promised", "targets":
# [{"to", "address", "ports": ["tcp/179"]}]}]}; of the layer `pod` all is sent from the network namespace that has `fromAddress`.
import json, threading

CHUNK = 50  # targets whose answers a socket's buffer holds


def together(calls):
    """What each of [(function, arguments)] gives, all of them at once."""
    given = [None] * len(calls)

    def one(at, function, arguments):
        given[at] = function(*arguments)

    asking = [threading.Thread(target=one, args=(at, function, arguments), daemon=True) for at, (function, arguments) in enumerate(calls)]
    for each in asking:
        each.start()
    for each in asking:
        each.join()
    return given


def others(target, promised, small, full):
    """What a small and a full packet did not say."""
    address = target["address"]
    calls = [(tcp_closed, (address,)), (udp_closed, (address,))] + [(port, (address, int(each.partition("/")[2]))) for each in target["ports"]]
    # Whoever is silent is waited for, and that is done once.
    said = [function(*arguments) for function, arguments in calls] if small["answer"] else together(calls)
    found = {"to": target["to"], "toAddress": address, "promised": promised, "small": "answered" if small["answer"] else small["said"],
             "largest": promised if full["answer"] else None, "told": full.get("mtu") or small.get("mtu"),
             "tcp": said[0], "udp": said[1], "ports": dict(zip(target["ports"], said[2:]))}
    if small["answer"] and not full["answer"]:
        searched = largest(address, promised)
        found["largest"], found["told"], found["small"] = searched["largest"], searched["told"], searched["small"]
    return found


def measured(targets, promised):
    """Each of them, all at once."""
    answers = echoes([(each["address"], size) for each in targets for size in (SMALL, promised)])
    return together([(others, (each, promised, answers[2 * at], answers[2 * at + 1])) for at, each in enumerate(targets)])


def is_whole(path):
    return path["largest"] == path["promised"] and "silent" not in [path["tcp"], path["udp"]] + list(path["ports"].values())


def better(first, second):
    """What was answered once, is answered: a busy node misses a packet now and then, and a path that is broken stays so."""
    best = max(first, second, key=lambda path: path["largest"] or 0)
    merged = dict(best)
    for key in ("tcp", "udp"):
        merged[key] = "answered" if "answered" in (first[key], second[key]) else "silent"
    merged["ports"] = {each: second["ports"][each] if said == "silent" else said for each, said in first["ports"].items()}
    return merged


def layer(targets, promised):
    done = []
    for begin in range(0, len(targets), CHUNK):
        some = targets[begin:begin + CHUNK]
        paths = measured(some, promised)
        again = [at for at, path in enumerate(paths) if not is_whole(path)]
        for at, second in zip(again, measured([some[at] for at in again], promised)):
            paths[at] = better(paths[at], second)
        done += paths
    return done


def main():
    pods = any(each["layer"] == "pod" for each in QUESTION["layers"])
    spaces = {each["address"]: each["path"] for each in pod_namespaces()} if pods else {}
    wanted, calls, found, problems = [], [], [], []
    for each in QUESTION["layers"]:
        if each["layer"] == "pod" and each["fromAddress"] not in spaces:
            problems.append("the pod with %s is gone" % each["fromAddress"])
            continue
        wanted.append(each)
        calls.append((spaces[each["fromAddress"]] if each["layer"] == "pod" else None, layer, (each["targets"], each["promised"])))
    for each, given in zip(wanted, all_inside(calls, QUESTION["seconds"])):
        found += [dict(one, layer=each["layer"], fromAddress=each["fromAddress"]) for one in given.get("value") or []]
        if "problem" in given:
            problems.append("from the %s %s: %s" % (each["layer"], each["fromAddress"], given["problem"]))
    print(json.dumps({"paths": found, "problems": problems}))


main()
