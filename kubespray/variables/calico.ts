import { needsCalicoApiServer } from '../../cluster/index.ts';
import { type Facts, says, type Topic, unlike } from './topic.ts';

/** Calico as a whole: what it is and where it keeps its data. */
export function calicoTopic({ cluster }: Facts): Topic {
  const { calico } = cluster;
  const apiServer = calico.apiServer === 'auto' ? needsCalicoApiServer(cluster) : calico.apiServer;
  return {
    title: 'Calico',
    variables: [
      ...unlike(undefined, 'calico_version', calico.version, 'Pinned: the release has another default.'),
      // Another one stands in group_vars/all: see everyHostTopic.
      ...unlike(
        'etcd',
        'calico_datastore',
        calico.datastore,
        'The Kubernetes API; the API server for projectcalico.org/v3 needs it.',
      ),
      ...says(
        'calico_apiserver_enabled',
        apiServer,
        apiServer
          ? 'Serves projectcalico.org/v3 to kubectl and to Calispray.'
          : 'Nothing here needs projectcalico.org/v3 from kubectl.',
      ),
      ...unlike(true, 'enable_network_policy', calico.networkPolicy, 'Without it no policy is enforced.'),
      ...unlike(false, 'calico_usage_reporting', calico.usageReporting, 'Tells projectcalico.org what is in use.'),
    ],
  };
}
