import type { Rule } from '../subject.ts';
import { installableVersions } from './installable-versions.ts';
import { kubernetesTooOld } from './kubernetes-too-old.ts';
import { kubesprayVersion } from './kubespray-version.ts';
import { versionWithV } from './version-with-v.ts';

/** What the release of kubespray carries. */
export const release: readonly Rule[] = [kubesprayVersion, installableVersions, kubernetesTooOld, versionWithV];
