import type { Rule } from '../subject.ts';
import { against, isTemplate } from '../variables.ts';

export const verifyImage: Rule = {
  code: 'verify-image',
  title: 'The image of a verification is the same every time',
  class: 'advice',
  description:
    'Without a tag, or with latest, whatever the registry has that day is pulled to every node anew, and a verification fails where there is no registry.',
  reference: 'kubernetes.io/docs/concepts/containers/images imagePullPolicy',
  judge({ verifyImage: image }) {
    if (image === undefined || isTemplate(image) || isPinned(image)) return [];
    const message = `${image} is ${/:latest$/.test(image) ? 'whatever is the latest' : 'without a tag'}`;
    return [against(verifyImage, 'verify.image', message, 'Write a tag of a release, or a digest: pause:3.10.1.')];
  },
};

/** A digest, or a tag other than latest; the port of a registry is before the last slash. */
function isPinned(image: string): boolean {
  const name = image.split('/').at(-1) ?? '';
  return name.includes('@') || /:(?!latest$)[^:]+$/.test(name);
}
