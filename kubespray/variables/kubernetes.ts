import { constants } from '../fields.ts';
import { type Facts, says, type Topic, unlike } from './topic.ts';

/**
 * group_vars/all: what hosts of etcd alone, which are not in k8s_cluster, must read too. The version of etcd follows that
 * of Kubernetes (kubespray v2.31.0 roles/kubespray_defaults/defaults/main/download.yml:132), and the datastore decides
 * which certificates etcd makes (roles/etcd/tasks/gen_certs_script.yml:57).
 */
export function everyHostTopic({ cluster: { kubernetes, calico } }: Facts): Topic {
  return {
    title: 'Every host',
    variables: [
      ...says(
        'etcd_deployment_type',
        constants.etcd_deployment_type,
        'etcd runs as a service on the hosts of the etcd group.',
        'nodes',
      ),
      ...unlike(undefined, 'kube_version', kubernetes.version, 'Pinned; the version of etcd follows it.'),
      ...unlike(
        'kdd',
        'calico_datastore',
        calico.datastore,
        "The cluster's own etcd: its hosts make certificates for it.",
      ),
    ],
  };
}

export function kubernetesTopic({ cluster: { name, kubernetes, kubespray } }: Facts): Topic {
  const { proxy, maxPods } = kubernetes;
  return {
    title: 'Kubernetes',
    variables: [
      ...says('cluster_name', name, 'Names the context of the kubeconfig.'),
      // kubespray v2.31.0 roles/kubespray_defaults/defaults/main/main.yml:154 takes it from cluster_name otherwise.
      ...says(
        'dns_domain',
        constants.dns_domain,
        'Would follow cluster_name otherwise, and with it every Service name.',
        'name',
      ),
      ...(proxy === 'none'
        ? says('kube_proxy_remove', true, 'No kube-proxy: the data plane answers Services.')
        : unlike('ipvs', 'kube_proxy_mode', proxy, 'How kube-proxy forwards Services.')),
      ...unlike(110, 'kubelet_max_pods', maxPods, 'Pods a node may run, whatever addresses are left.'),
      ...says(
        'kubeconfig_localhost',
        constants.kubeconfig_localhost,
        `The kubeconfig is fetched to ${kubespray.controller}.`,
        'kubespray.controller',
      ),
    ],
  };
}
