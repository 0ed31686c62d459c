import * as pulumi from '@pulumi/pulumi';

/** A resource that takes its time; the file it makes says that its creation was begun, and then that it was ended. */
class Slow extends pulumi.dynamic.Resource {
  constructor(name: string, args: { seconds: number; file: string }) {
    super(
      {
        async create(inputs: { seconds: number; file: string }) {
          const { appendFileSync } = require('node:fs');
          appendFileSync(inputs.file, 'begun\n');
          await new Promise((resume) => setTimeout(resume, inputs.seconds * 1000));
          appendFileSync(inputs.file, 'ended\n');
          return { id: 'slow', outs: inputs };
        },
      },
      name,
      args,
    );
  }
}

export default async function program() {
  const seconds = new pulumi.Config().requireNumber('seconds');
  new Slow('slow', { seconds, file: process.env.CALISPRAY_TEST_MARK ?? '' });
  return {};
}
