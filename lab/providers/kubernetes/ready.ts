import type { JsonObject } from '../properties.ts';
import { pathOf, pauseFor, readObject, type Step } from './apply.ts';
import { ApiError } from './cluster.ts';
import { identityOf, isJsonObject } from './objects.ts';

/** How long a Service's endpoints must stand still before they count, in milliseconds; the official provider's figure. */
const settleTime = 10_000;
const defaultTimeout = 600;

/**
 * Waits until a Service can be used: a load balancer has an address, and the endpoints of one that selects pods have settled. A headless one,
 * one without a selector and an ExternalName need nothing. Gives undefined when it is ready, or why it is not after `timeout` seconds
 * (0: ten minutes). Other kinds of ours are ready when they are there.
 */
export async function waitUntilReady(step: Step, live: JsonObject, timeout: number): Promise<string | undefined> {
  if (live.apiVersion !== 'v1' || live.kind !== 'Service' || skipsAwait(live)) return undefined;
  const until = Date.now() + (timeout > 0 ? timeout : defaultTimeout) * 1_000;
  let seen = '';
  let since = Date.now();
  for (let service = live; ; service = (await readObject(step.cluster, live, step.signal)) ?? service) {
    const spec = isJsonObject(service.spec) ? service.spec : {};
    const addressed = spec.type !== 'LoadBalancer' || hasAddress(service);
    if (!selectsPods(spec) && addressed) return undefined;
    const endpoints = await endpointsOf(step, service);
    const now = JSON.stringify(endpoints?.subsets ?? null);
    if (endpoints === undefined || now !== seen) since = Date.now();
    seen = now;
    const settled = endpoints !== undefined && Date.now() - since >= settleTime;
    if (addressed && settled && !now.includes('"notReadyAddresses"')) return undefined;
    if (Date.now() > until) return addressed ? noPods : noAddress;
    step.logger.status(
      addressed ? 'Finding Pods to direct traffic to' : 'Attempting to allocate IP address to Service',
    );
    await pauseFor(500, step.signal);
  }
}

const noPods =
  "Service does not target any Pods. Selected Pods may not be ready, or field '.spec.selector' may not match labels on any Pods";
const noAddress = 'Service was not allocated an IP address; does your cloud provider support this?';

function skipsAwait(live: JsonObject): boolean {
  const metadata = isJsonObject(live.metadata) ? live.metadata : {};
  return isJsonObject(metadata.annotations) && metadata.annotations['pulumi.com/skipAwait'] === 'true';
}

function selectsPods(spec: JsonObject): boolean {
  const selects = isJsonObject(spec.selector) && Object.keys(spec.selector).length > 0;
  return selects && spec.type !== 'ExternalName' && spec.clusterIP !== 'None';
}

function hasAddress(service: JsonObject): boolean {
  const status = isJsonObject(service.status) ? service.status : {};
  const balancer = isJsonObject(status.loadBalancer) ? status.loadBalancer : {};
  return Array.isArray(balancer.ingress) && balancer.ingress.length > 0;
}

async function endpointsOf(step: Step, service: JsonObject): Promise<JsonObject | undefined> {
  const { namespace = 'default', name } = identityOf(service);
  const endpoints = { apiVersion: 'v1', kind: 'Endpoints', metadata: { namespace, name } };
  const path = pathOf({ root: '/api/v1', plural: 'endpoints', namespaced: true }, endpoints);
  return step.cluster.request('GET', path, { signal: step.signal }).catch((error: unknown) => {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  });
}
