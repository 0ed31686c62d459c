/** The kubeconfig that a stack's last `up` left in its state: kubespray's own, read from the controller then. */
import { UserError } from '../../cluster/finding.ts';
import { outputsOf } from '../engine/export.ts';
import { declare, prepare } from '../open.ts';

/** @throws UserError `no-kubeconfig` where no `up` has made one, and as the stack, its backend or its passphrase has it */
export async function kubeconfigOf(stack: string, cwd?: string): Promise<string> {
  const declared = await declare({ stack, ...(cwd !== undefined && { cwd }) });
  // Nothing is said of provider plugins: none is asked.
  const { kubeconfig } = await outputsOf(await prepare(declared, () => {}, false));
  if (typeof kubeconfig === 'string' && kubeconfig !== '') return kubeconfig;
  throw UserError.of(
    'no-kubeconfig',
    '',
    `stack ${stack} has no kubeconfig: no \`up\` of it has ended here`,
    `Run \`npx calispray up --stack ${stack}\`, or give --kubeconfig FILE.`,
  );
}
