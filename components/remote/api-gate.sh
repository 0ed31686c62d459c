# Waits until the Kubernetes API serves every group of $API_GROUPS: the Calico API server answers some time after its pod does.
set -eu
kubectl=$(command -v kubectl || echo /usr/local/bin/kubectl)
[ -x "$kubectl" ] || die "kubectl is missing on this control-plane node"
for group in $API_GROUPS; do
  # kubespray starts the Calico API server and it comes; nobody but you brings the Prometheus operator.
  patience=$WAIT
  case $group in monitoring.coreos.com/*) [ "$WAIT" -le 30 ] || patience=30 ;; esac
  deadline=$(($(date +%s) + patience))
  until as_root "$kubectl" --kubeconfig /etc/kubernetes/admin.conf --request-timeout 5s get --raw "/apis/$group" > /dev/null 2>&1; do
    if [ "$(date +%s)" -ge "$deadline" ]; then
      case $group in
        monitoring.coreos.com/*)
          die "the cluster does not serve $group: install the Prometheus operator (its CRDs at the least), or say monitoring: none." ;;
        projectcalico.org/*)
          die "the cluster does not serve $group after $patience s: the Calico API server is not up (kubectl -n calico-apiserver get pods)." ;;
        *) die "the cluster does not serve $group after $patience s" ;;
      esac
    fi
    sleep 0.5
  done
  echo "serves $group"
done
