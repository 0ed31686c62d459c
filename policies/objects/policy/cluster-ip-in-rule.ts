import { isRecord } from '../../../cluster/raw.ts';
import { formatAddress, parseAddress, parseNetOrAddress } from '../../../reachability/address.ts';
import { contains, type Net, type Resource } from '../../../reachability/index.ts';
import { valueIn } from '../../rules/variables.ts';
import type { Declared, ObjectFinding, ObjectRule } from '../rule.ts';
import { nameOf } from '../world.ts';
import { actingIn, wantsOf } from './acting.ts';
import { endsOf } from './ends.ts';
import { isPolicy } from './kinds.ts';

const VARIABLES = ['kube_service_addresses', 'kube_service_addresses_ipv6'];

export const clusterIpInRule: ObjectRule = {
  code: 'cluster-ip-in-rule',
  title: 'No rule names the address of a Service',
  class: 'harmful',
  description:
    'Policies see a connection as it is after the address of the Service was translated into that of a pod: a net of the range of Services matches nothing, in iptables, nftables and eBPF alike. The only exception is a policy with preDNAT, for host endpoints.',
  reference: 'https://docs.tigera.io/calico/latest/network-policy/services/services-cluster-ips',
  concerns: isPolicy,
  fields: [],
  variables: VARIABLES,
  judge(declared) {
    const resources = actingIn(declared)?.resources ?? [];
    const ranges = rangesIn(declared);
    const services = resources.filter(({ kind, apiVersion }) => kind === 'Service' && apiVersion === 'v1');
    return declared.objects
      .filter(({ spec }) => spec.preDNAT !== true)
      .flatMap((object) =>
        endsOf(object).flatMap(({ nets }) =>
          nets.flatMap(({ path, net: text }): ObjectFinding[] => {
            const net = parseNetOrAddress(text);
            const service = net && services.find((one) => addressesOf(one).some((own) => isSame(net, own)));
            const range = net && ranges.find((one) => one.prefix <= net.prefix && contains(one, net));
            if (service === undefined && range === undefined) return [];
            const what =
              service === undefined
                ? `inside the range of Services ${textOf(range)}`
                : `the address of Service ${service.metadata.namespace}/${service.metadata.name}`;
            const message = `${nameOf(object)} names ${text}, ${what}: a policy sees the pod behind it, so this matches nothing`;
            return [{ urn: object.urn, path, message, hint: isOfApi(net, range) ? OF_API : hintOf(service) }];
          }),
        ),
      );
  },
  wanting: wantsOf,
};

/** Of the one cluster that the stack declares. */
function rangesIn({ inventories }: Declared): Net[] {
  const [only, ...others] = inventories;
  if (only === undefined || others.length > 0) return [];
  return VARIABLES.flatMap((name) => {
    const value = valueIn(only.subject, name);
    // Two stacks may stand in one text.
    return typeof value === 'string' ? value.split(',').flatMap((cidr) => parseNetOrAddress(cidr.trim()) ?? []) : [];
  });
}

function addressesOf({ spec }: Resource): Net[] {
  if (!isRecord(spec)) return [];
  const all = [spec.clusterIP, ...(Array.isArray(spec.clusterIPs) ? spec.clusterIPs : [])];
  return all.flatMap((ip) =>
    typeof ip === 'string' && parseAddress(ip) !== undefined ? (parseNetOrAddress(ip) ?? []) : [],
  );
}

function isSame(a: Net, b: Net): boolean {
  return a.prefix === b.prefix && contains(a, b);
}

function textOf(net: Net | undefined): string {
  return net === undefined ? '' : `${formatAddress(net)}/${net.prefix}`;
}

/** Kubernetes gives the first address of the range to its own API server, whose Service no stack declares. */
function isOfApi(net: Net | undefined, range: Net | undefined): boolean {
  if (net === undefined || range === undefined || net.prefix < net.words.length * 32) return false;
  const last = net.words.length - 1;
  return net.words.every((word, i) => word === (range.words[i] ?? 0) + (i === last ? 1 : 0));
}

const OF_API =
  'It is the API server’s: allow the addresses of the control-plane nodes on the port that it listens on, 6443 if nothing else is said.';

function hintOf(service: Resource | undefined): string {
  const general = 'Select the pods behind the Service, and name the port that they listen on (targetPort)';
  const spec = service?.spec;
  const selector = isRecord(spec) && isRecord(spec.selector) ? spec.selector : {};
  const labels = Object.entries(selector).map(([key, value]) => `${key}: ${String(value)}`);
  return labels.length === 0
    ? `${general}; Calico’s own policies can name it: destination.services.`
    : `${general}: podSelector { ${labels.join(', ')} } of namespace ${service?.metadata.namespace}.`;
}
