import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import * as pulumi from '@pulumi/pulumi';
import { UserError } from '../cluster/finding.ts';
import { type Cluster, release } from '../cluster/index.ts';
import { expandPath } from './endpoint.ts';

/** What is run on the controller: a kubespray of a repository, or one that was brought along as a tar for a closed network. */
export interface KubespraySource {
  /** Of repository, tag and commit, or of the tar: another digest is another kubespray. */
  readonly digest: string;
  /** Its folder below `~/.calispray/CLUSTER`. */
  readonly folder: string;
  /** Commit of the tag, where the release is known to us; '' otherwise. */
  readonly commit: string;
  /** The tar, where it is brought along. */
  readonly bundle?: pulumi.asset.Asset;
}

/** @throws UserError where a tar is named and not there, unless it is a preview: that copies nothing */
export function kubespraySource({ kubespray: { source, version } }: Cluster): KubespraySource {
  const commit = release(version)?.commit ?? '';
  if ('path' in source) {
    const { digest, bundle } = readBundle(expandPath(source.path));
    return { digest, folder: `kubespray-${digest}`, commit, bundle };
  }
  const digest = short(createHash('sha256').update(`${source.git} ${version} ${commit}`).digest('hex'));
  return { digest, folder: `kubespray-${digest}`, commit };
}

const short = (digest: string): string => digest.slice(0, 16);

/** The tar brought along. Its digest stands beside it (`FILE.sha256`) where whoever made it wrote one, so a preview need not read it. */
function readBundle(path: string): { digest: string; bundle: pulumi.asset.Asset } {
  if (!existsSync(path)) {
    if (pulumi.runtime.isDryRun()) {
      return { digest: 'not-there-yet', bundle: new pulumi.asset.StringAsset('not there yet') };
    }
    throw UserError.of(
      'bundle-missing',
      'kubespray.source.path',
      `there is no file ${path}`,
      'name a tar of {kubespray/, wheels/}, or take kubespray from its repository with kubespray.source.git',
    );
  }
  const beside = `${path}.sha256`;
  const written = existsSync(beside) && statSync(beside).mtimeMs >= statSync(path).mtimeMs;
  const digest = written
    ? (readFileSync(beside, 'utf8').trim().split(/\s+/)[0] ?? '')
    : createHash('sha256').update(readFileSync(path)).digest('hex');
  return { digest: short(digest), bundle: new pulumi.asset.FileAsset(path) };
}
