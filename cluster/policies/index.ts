export { type ClusterDns, type CoreDns, clusterDns, coreDnsOf, serviceAddress } from './dns.ts';
export { type Manifests, manifestPathsIn, placesInManifests, type Unread } from './manifests.ts';
export {
  allowDns,
  allowPrometheus,
  defaultDeny,
  isolate,
  type Scraped,
  type Scraper,
} from './objects.ts';
export {
  type DeclaredPolicy,
  declaredPolicies,
  namespaceObjects,
  needsCalicoApiServer,
  nodesAsSources,
  policyObjects,
} from './sections.ts';
export { stagedOf } from './staged.ts';
