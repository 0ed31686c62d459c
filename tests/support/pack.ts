/** The policy pack under the SDK's own server functions, without an engine: what the engine asks it in a run, in that order. */
import { createRequire } from 'node:module';
import type { EnforcementLevel, Policies } from '@pulumi/policy';
import { policiesOf } from '../../policies/pack.ts';

const require = createRequire(import.meta.url);
const server = require('@pulumi/policy/server.js');
const analyzer = require('@pulumi/pulumi/proto/analyzer_pb');
const { Struct } = require('google-protobuf/google/protobuf/struct_pb.js');

/** What the engine sends for a text that is not known yet (@pulumi/policy 1.21.0 proxy.js). */
export const UNKNOWN: string = require('@pulumi/policy/proxy.js').unknownStringValue;

export const INVENTORY = 'calispray:kubespray:Inventory';

export interface Said {
  readonly rule: string;
  readonly level: string;
  readonly message: string;
  readonly urn: string;
}

interface Declared {
  readonly type: string;
  readonly name: string;
  readonly props: Record<string, unknown>;
  readonly parent?: string;
}

export const urnOf = (type: string, name: string): string => `urn:pulumi:dev::calispray::${type}::${name}`;

/** One run of an engine with a pack of its own, at its own levels but for those given. */
export class PackRun {
  readonly said: Said[] = [];
  readonly remedied: { rule: string; urn: string; props: Record<string, unknown> }[] = [];
  /** Policies that the stack was unpacked for: the rest had nothing to say of it. */
  notApplicable: string[] = [];
  private readonly functions: Record<'analyze' | 'analyzeStack' | 'remediate', (request: object) => Promise<Response>>;
  private readonly declared: Declared[] = [];

  constructor(levels: Readonly<Record<string, EnforcementLevel>> = {}, pack: Policies = policiesOf()) {
    const policies = pack.map((policy) => ({
      ...policy,
      enforcementLevel: levels[policy.name] ?? policy.enforcementLevel,
    }));
    const ask = (make: (...args: unknown[]) => (call: object, done: (e: unknown, r: Response) => void) => void) => {
      const called = make('calispray', '0.1.0', 'advisory', policies);
      return (request: object) =>
        new Promise<Response>((done, failed) => {
          called({ request }, (error, response) => (error ? failed(error) : done(response)));
        });
    };
    this.functions = {
      analyze: ask(server.makeAnalyzeRpcFun),
      analyzeStack: ask(server.makeAnalyzeStackRpcFun),
      remediate: ask(server.makeRemediateRpcFun),
    };
  }

  /** A resource, remedied and then judged; gives its inputs as they are after that. */
  async register(type: string, name: string, inputs: object, parent?: string): Promise<Record<string, unknown>> {
    const resource = { type, name, props: { ...inputs }, ...(parent === undefined ? {} : { parent }) };
    const remedied = await this.functions.remediate(request(resource));
    for (const each of remedied.getRemediationsList()) {
      const urn = urnOf(type, name);
      const diagnostic = each.getDiagnostic();
      if (diagnostic !== '') {
        this.said.push({ rule: each.getPolicyname(), level: 'advisory', message: diagnostic, urn });
        continue;
      }
      resource.props = each.getProperties().toJavaScript();
      this.remedied.push({ rule: each.getPolicyname(), urn, props: resource.props });
    }
    const response = await this.functions.analyze(request(resource));
    this.hear(response, urnOf(type, name));
    this.declared.push(resource);
    return resource.props;
  }

  /** The stack at the end, with what there is of outputs: the inputs, unless said. */
  async finish(outputs: (resource: Declared) => Record<string, unknown> = ({ props }) => props): Promise<this> {
    const message = new analyzer.AnalyzeStackRequest();
    message.setResourcesList(
      this.declared.map((each) => request({ ...each, props: outputs(each) }, new analyzer.AnalyzerResource())),
    );
    const response = await this.functions.analyzeStack(message);
    this.hear(response, '');
    this.notApplicable = response.getNotApplicableList().map((each) => each.getPolicyName());
    return this;
  }

  /** A resource that is in the stack, and was not declared in this run. */
  left(type: string, name: string, props: object): void {
    this.declared.push({ type, name, props: { ...props } });
  }

  /** `level rule` of everything that was said. */
  get codes(): string[] {
    return this.said.map(({ level, rule }) => `${level} ${rule}`).sort();
  }

  private hear(response: Response, urn: string): void {
    for (const each of response.getDiagnosticsList()) {
      const level = ['advisory', 'mandatory', 'disabled', 'remediate'][each.getEnforcementlevel()] ?? '';
      this.said.push({ rule: each.getPolicyname(), level, message: each.getMessage(), urn: each.getUrn() || urn });
    }
  }
}

interface Response {
  getDiagnosticsList(): {
    getPolicyname(): string;
    getMessage(): string;
    getEnforcementlevel(): number;
    getUrn(): string;
  }[];
  getRemediationsList(): {
    getPolicyname(): string;
    getDiagnostic(): string;
    getProperties(): { toJavaScript(): Record<string, unknown> };
  }[];
  getNotApplicableList(): { getPolicyName(): string }[];
}

function request({ type, name, props, parent }: Declared, message = new analyzer.AnalyzeRequest()): object {
  const options = new analyzer.AnalyzerResourceOptions();
  if (parent !== undefined) options.setParent(parent);
  message.setType(type);
  message.setName(name);
  message.setUrn(urnOf(type, name));
  message.setProperties(Struct.fromJavaScript(JSON.parse(JSON.stringify(props))));
  message.setOptions(options);
  return message;
}
