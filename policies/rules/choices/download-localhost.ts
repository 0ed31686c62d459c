import type { Rule } from '../subject.ts';
import { against, isTruthy, pathOf, sentence, toSet, valueIn } from '../variables.ts';

export const downloadLocalhost: Rule = {
  code: 'download-localhost',
  title: 'The controller downloads for all only where all download once',
  class: 'refused',
  description: 'kubespray stops with “download_localhost requires enable download_run_once”.',
  reference: 'kubespray v2.31.0 roles/validate_inventory/tasks/main.yml:182',
  judge(subject) {
    const once = subject.variables.download_run_once === undefined ? false : valueIn(subject, 'download_run_once');
    if (!isTruthy(valueIn(subject, 'download_localhost')) || once !== false) return [];
    const path = pathOf(subject, 'download_localhost');
    const hint = sentence(`${toSet(subject, 'download_run_once', true)}, or leave ${path} out`);
    return [against(downloadLocalhost, path, 'download_localhost is on without download_run_once', hint)];
  },
};
