"""What calico-kube-controllers do, on the first control plane node alone: a node that is gone holds no addresses."""
import ipam
from books import Books
from calico_node import BLOCKS

NODES = "/api/v1/nodes"


class Part:
    def __init__(self, agent):
        self.agent, self.books = agent, Books(agent.api)
        self.lists = (NODES, BLOCKS) if agent.conf.get("scheduler") else ()

    def changed(self):
        if not self.lists:
            return
        nodes, blocks = map(self.agent.objects, self.lists)
        if not nodes or blocks is None:
            return
        there = {node["metadata"]["name"] for node in nodes}
        specs = [block["spec"] for block in blocks]
        known = {ipam.owner(spec) for spec in specs} | {a.get("node") for spec in specs for _, _, a in ipam.held(spec)}
        for node in known - there - {None}:
            self.books.forget(node)
