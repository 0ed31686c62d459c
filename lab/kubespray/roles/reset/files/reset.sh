#!/bin/sh
# Everything the playbooks put on this node, gone; safe to run twice.
set -eu
systemctl stop --quiet calispray-lab-node.service 2> /dev/null || true
[ ! -x /usr/local/sbin/calispray-lab-dataplane ] || [ ! -e /etc/calispray-lab/dataplane.json ] || /usr/local/sbin/calispray-lab-dataplane down
for unit in calispray-lab-node calispray-lab-dataplane calispray-lab-bird calispray-lab-ipip kube-controller-manager kube-apiserver etcd; do
  [ -e /etc/systemd/system/$unit.service ] || continue
  systemctl disable --now --quiet $unit.service
  rm -f /etc/systemd/system/$unit.service
  echo "removed $unit"
done
systemctl daemon-reload
rm -rf /etc/kubernetes /var/lib/etcd /etc/calico /etc/calispray-lab /var/lib/calispray-lab /run/calispray-lab /usr/local/lib/calispray-lab /tmp/releases
rm -f /usr/local/sbin/calispray-lab-dataplane /usr/local/bin/kubectl /usr/local/bin/calicoctl.sh /root/.kube/config
