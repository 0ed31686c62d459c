import type { Rule } from '../subject.ts';
import { cloudProvider } from './cloud-provider.ts';
import { containerdTooOld } from './containerd-too-old.ts';
import { dashboardWithoutRbac } from './dashboard-without-rbac.ts';
import { downloadLocalhost } from './download-localhost.ts';
import { etcdDocker } from './etcd-docker.ts';
import { externalCaRenewal } from './external-ca-renewal.ts';
import { externalCloudProvider } from './external-cloud-provider.ts';
import { gvisorContainerd } from './gvisor-containerd.ts';
import { kataDocker } from './kata-docker.ts';
import { kubeVipStrictArp } from './kube-vip-strict-arp.ts';
import { metallbStrictArp } from './metallb-strict-arp.ts';
import { networkPlugin } from './network-plugin.ts';
import { unsupportedChoice } from './unsupported-choice.ts';
import { verifyImage } from './verify-image.ts';

/** What kubespray’s other parts accept. */
export const choices: readonly Rule[] = [
  networkPlugin,
  unsupportedChoice,
  etcdDocker,
  cloudProvider,
  externalCloudProvider,
  downloadLocalhost,
  kataDocker,
  gvisorContainerd,
  containerdTooOld,
  externalCaRenewal,
  dashboardWithoutRbac,
  metallbStrictArp,
  kubeVipStrictArp,
  verifyImage,
];
