/**
 * The custom resource definitions of the lab's API server: Calico's projectcalico.org/v3, derived from the release
 * manifest of the version kubespray installs, those of its IPAM and the cluster-wide policies that the same manifest
 * brings, and those of the Prometheus operator, as its Go module has them.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PartSpec, Source, Work } from '../part.ts';
import { recipeFile } from '../paths.ts';
import { findGo, goFailure, runGo } from '../sources/go.ts';
import { makeEnvironment, obtainPython, pipFailure, pipFlags, pythonPlan } from '../sources/python.ts';
import { versions } from '../versions.ts';

const operator = 'github.com/prometheus-operator/prometheus-operator';
const kinds = ['servicemonitors', 'podmonitors', 'prometheusrules', 'probes'];

export const crds: PartSpec = {
  name: 'crds',
  title: 'Calico and Prometheus resource definitions, for the lab',
  version: versions.calico,
  inputs: [
    recipeFile('python/calico-manifests.txt'),
    recipeFile('go/prometheus-operator/go.sum'),
    recipeFile('calico-v3.ts'),
    ...kinds,
  ],
  sources: [fromModules],
};

async function fromModules({ environment }: Parameters<Source>[0]): ReturnType<Source> {
  const plan = await pythonPlan(environment);
  if ('code' in plan) return plan;
  const go = await findGo(environment, 'prometheus-operator');
  if (typeof go !== 'string') return go;
  return {
    says: 'derive them from the Python package magnum-cluster-api and the Go module of the Prometheus operator',
    lane: 'python',
    after: ['debian'],
    seconds: 8,
    mebibytes: 200,
    async take(work) {
      await prometheus(work, go);
      await calico(work);
    },
  };
}

async function prometheus(work: Work, go: string): Promise<void> {
  const result = await runGo(work, go, 'prometheus-operator', ['mod', 'download', operator]);
  if (!result.ok) throw goFailure(operator, work, result);
  const where = await runGo(work, go, 'prometheus-operator', ['list', '-m', '-f', '{{.Dir}}', operator]);
  if (!where.ok) throw goFailure(operator, work, where);
  const folder = join(where.output.trim(), 'example', 'prometheus-operator-crd');
  const documents = kinds.map((kind) => readFileSync(join(folder, `monitoring.coreos.com_${kind}.yaml`), 'utf8'));
  writeFileSync(join(work.into, 'prometheus.yaml'), documents.join('---\n'));
}

async function calico(work: Work): Promise<void> {
  const scratch = join(work.into, 'scratch');
  mkdirSync(scratch);
  const own = await makeEnvironment(work, await obtainPython(work), 'scratch/venv');
  const requirements = join(import.meta.dirname, '..', 'python', 'calico-manifests.txt');
  // The package's program is for one processor, and only its text is wanted: so the one file serves everywhere.
  const platform = [
    '--platform',
    'manylinux_2_28_x86_64',
    '--python-version',
    '3.11',
    '--abi',
    'abi3',
    '--abi',
    'none',
  ];
  const flags = [...pipFlags, '--no-deps', '--only-binary', ':all:', ...platform];
  const fetched = await work.run([own, '-m', 'pip', 'download', ...flags, '-r', requirements, '--dest', scratch]);
  if (!fetched.ok) throw pipFailure('magnum-cluster-api', work, fetched);

  const member = `magnum_cluster_api/manifests/calico/v${versions.calico}.yaml`;
  const script =
    'import glob,sys,zipfile;zipfile.ZipFile(glob.glob(sys.argv[1]+"/*.whl")[0]).extract(sys.argv[2],sys.argv[1])';
  const unpacked = await work.run([own, '-c', script, scratch, member]);
  if (!unpacked.ok) throw new Error(`magnum-cluster-api has no ${member}: ${unpacked.output}`);
  // Imported here: the YAML library costs start-up time that only this step should pay.
  const { calicoIpam, calicoV3, clusterPolicies } = await import('../calico-v3.ts');
  const manifest = readFileSync(join(scratch, member), 'utf8');
  writeFileSync(join(work.into, 'calico.yaml'), calicoV3(manifest));
  writeFileSync(join(work.into, 'cluster-policies.yaml'), clusterPolicies(manifest));
  writeFileSync(join(work.into, 'ipam.yaml'), calicoIpam(manifest));
  await work.run(['rm', '-rf', scratch]);
}
