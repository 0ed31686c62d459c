import * as pulumi from '@pulumi/pulumi';

class Thing extends pulumi.ComponentResource {
  constructor(name: string, args: Record<string, unknown>, opts?: pulumi.ComponentResourceOptions) {
    super('calispray:test:Thing', name, args, opts);
    this.registerOutputs({});
  }
}

export default async function program() {
  const config = new pulumi.Config();
  for (let i = 0; i < config.requireNumber('things'); i++) new Thing(`thing-${i}`, { size: i });
  return { size: config.requireNumber('things') };
}
