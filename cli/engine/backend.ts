/** Which backend holds a stack's state, and where its passphrase comes from. A pure choice; `passphrase.ts` does what it says. */
import { join } from 'node:path';
import { UserError } from '../../cluster/finding.ts';
import { LAB_STACK, labDir, stateDir } from '../places.ts';

type Env = Readonly<Record<string, string | undefined>>;

/**
 * - `lab`: in the lab's folder, gone with it
 * - `own`: our own file backend under the state folder
 * - `user`: the backend PULUMI_BACKEND_URL names
 * - `scratch`: a preview of the lab's stack while there is no lab; holds no resource, ever
 */
export type BackendKind = 'lab' | 'own' | 'user' | 'scratch';

export type Passphrase =
  /** Read the file; where it is not there, make one with mode 0600. */
  | { from: 'generated'; file: string }
  /** PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE of the user, passed on as it is. */
  | { from: 'user' }
  /** The stack's secrets are not kept with a passphrase. */
  | { from: 'none' };

export interface Backend {
  kind: BackendKind;
  url: string;
  passphrase: Passphrase;
}

export interface BackendQuestion {
  stack: string;
  /** Is the lab there? Only asked for the lab's stack. */
  labUp: boolean;
  /** `secretsprovider:` of the stack's file, e.g. `awskms://…`. */
  secretsProvider?: string;
}

/** @throws UserError where the user's own backend needs a passphrase and none is given */
export function chooseBackend(question: BackendQuestion, env: Env = process.env): Backend {
  const state = stateDir(env);
  if (question.stack === LAB_STACK) {
    const lab = labDir(env);
    return question.labUp
      ? { kind: 'lab', url: `file://${lab}/backend`, passphrase: { from: 'generated', file: join(lab, 'passphrase') } }
      : {
          kind: 'scratch',
          url: `file://${join(state, 'scratch')}`,
          passphrase: { from: 'generated', file: join(state, 'passphrase') },
        };
  }
  const given = env.PULUMI_CONFIG_PASSPHRASE !== undefined || env.PULUMI_CONFIG_PASSPHRASE_FILE !== undefined;
  const otherProvider = question.secretsProvider !== undefined && question.secretsProvider !== 'passphrase';
  if (!env.PULUMI_BACKEND_URL) {
    const passphrase: Passphrase = otherProvider
      ? { from: 'none' }
      : given
        ? { from: 'user' }
        : { from: 'generated', file: join(state, 'passphrase') };
    return { kind: 'own', url: `file://${join(state, 'backend')}`, passphrase };
  }
  const url = env.PULUMI_BACKEND_URL;
  // Pulumi Cloud keeps the secrets' key itself.
  const keepsSecrets = url.startsWith('https://') || url.startsWith('http://') || otherProvider;
  if (!keepsSecrets && !given) {
    throw UserError.of(
      'no-passphrase',
      '',
      `stack ${question.stack} lies in your backend ${url}, and no passphrase for its secrets is set`,
      'set PULUMI_CONFIG_PASSPHRASE_FILE to a file that holds it, or PULUMI_CONFIG_PASSPHRASE',
    );
  }
  return { kind: 'user', url, passphrase: keepsSecrets && !given ? { from: 'none' } : { from: 'user' } };
}
