import { fstatSync } from 'node:fs';
import * as grpc from '@grpc/grpc-js';
import pluginpb from '@pulumi/pulumi/proto/plugin_pb.js';
import providerGrpc from '@pulumi/pulumi/proto/provider_grpc_pb.js';
import pb from '@pulumi/pulumi/proto/provider_pb.js';
import statuspb from '@pulumi/pulumi/proto/status_pb.js';
import anypb from 'google-protobuf/google/protobuf/any_pb.js';
import emptypb from 'google-protobuf/google/protobuf/empty_pb.js';
import { EngineClient } from './engine.ts';
import { fromStruct, type PropertyMap, toStruct } from './properties.ts';
import { type Created, type DiffResult, NotReadyError, type Provider, StepError } from './provider.ts';

/** Providers served to an engine, until `close`. */
export interface Served {
  readonly port: number;
  /** Ends what is under way, and takes nothing more. */
  close(): Promise<void>;
}

/**
 * Serves one kind of provider on a port of the loopback. Each connection of the engine is an instance of its own, with its own
 * configuration, as if it were a process of its own.
 */
export async function serve(make: () => Provider): Promise<Served> {
  const server = new grpc.Server({
    'grpc.max_receive_message_length': 400 * 1024 * 1024,
    'grpc.max_send_message_length': 400 * 1024 * 1024,
  });
  const instances = new Instances(make);
  server.addService(providerGrpc.ResourceProviderService, service(instances));
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    ),
  );
  return {
    port,
    async close() {
      await instances.stop();
      server.forceShutdown();
    },
  };
}

/**
 * Serves a provider to the engine that started this process: prints the port on stdout, and ends with the engine. The engine
 * holds our stdin open; it closes when the engine is gone, even when that was killed, and plugins are in a process group of their own,
 * so nothing else would end us.
 */
export async function servePlugin(make: () => Provider): Promise<void> {
  const served = await serve(make);
  const exit = () => void served.close().finally(() => process.exit(0));
  process.on('SIGINT', exit);
  process.on('SIGTERM', exit);
  const stdin = fstatSync(0);
  if (stdin.isFIFO() || stdin.isSocket()) process.stdin.on('end', exit).on('error', exit).resume();
  process.stdout.write(`${served.port}\n`);
}

/** How long a step may take to end its remote work when the engine is gone, in milliseconds. */
const longestFarewell = 2_000;

class Instance {
  readonly provider: Provider;
  readonly engine = new EngineClient();
  readonly #cancelled = new AbortController();
  readonly steps = new Steps(this.engine, this.#cancelled.signal);

  constructor(provider: Provider) {
    this.provider = provider;
  }

  /** The engine also cancels at every normal shutdown, when no step is left. */
  async stop(): Promise<void> {
    this.#cancelled.abort();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise((resolve) => {
      timer = setTimeout(resolve, longestFarewell);
    });
    await Promise.race([this.steps.settled(), late]);
    clearTimeout(timer);
    this.engine.close();
  }
}

/** One instance a connection. A connection that was idle for long comes back under another port: it goes on with the newest. */
class Instances {
  readonly #make: () => Provider;
  readonly #byPeer = new Map<string, Instance>();
  #newest: Instance | undefined;

  constructor(make: () => Provider) {
    this.#make = make;
  }

  of(peer: string, greeting: boolean): Instance {
    const known = this.#byPeer.get(peer);
    if (known !== undefined) return known;
    const instance = greeting || this.#newest === undefined ? new Instance(this.#make()) : this.#newest;
    this.#byPeer.set(peer, instance);
    this.#newest = instance;
    return instance;
  }

  async stop(): Promise<void> {
    await Promise.all([...new Set(this.#byPeer.values())].map((instance) => instance.stop()));
  }
}

/** Makes the parts of a request that every step shares, and knows which steps are under way. */
class Steps {
  readonly #underWay = new Set<Promise<unknown>>();
  readonly #engine: EngineClient;
  readonly #cancelled: AbortSignal;

  constructor(engine: EngineClient, cancelled: AbortSignal) {
    this.#engine = engine;
    this.#cancelled = cancelled;
  }

  /** Runs a step; `settled` waits for it. */
  run<T>(step: Promise<T>): Promise<T> {
    const settled: Promise<unknown> = step.catch(() => {}).finally(() => this.#underWay.delete(settled));
    this.#underWay.add(settled);
    return step;
  }

  async settled(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  /** `timeout` in seconds, 0 for none. The signal comes a little later: a step that watches the time itself says better why. */
  base(request: { getUrn(): string; getName(): string; getType(): string }, timeout = 0) {
    const urn = request.getUrn();
    const signals = timeout > 0 ? [this.#cancelled, AbortSignal.timeout(timeout * 1_000 + 1_000)] : [this.#cancelled];
    const [, , typePart = '', ...nameParts] = urn.split('::');
    return {
      urn,
      type: request.getType() || (typePart.split('$').at(-1) ?? ''),
      name: request.getName() || nameParts.join('::'),
      logger: this.#engine.loggerFor(urn),
      signal: AbortSignal.any(signals),
    };
  }
}

function service(instances: Instances) {
  /** A method of one request and one answer. The first two of a connection say that it is a new one. */
  const unary = <Q, A>(handle: (request: Q, instance: Instance) => A | Promise<A>, greeting = false) =>
    answering<Q, A>((call) => handle(call.request, instances.of(call.getPeer(), greeting)));
  return {
    handshake: unary((request: pb.ProviderHandshakeRequest, { engine }) => {
      engine.connect(request.getEngineAddress());
      return new pb.ProviderHandshakeResponse().setAcceptSecrets(true);
    }, true),
    attach: unary((request: pluginpb.PluginAttach, { engine }) => {
      engine.connect(request.getAddress());
      return new emptypb.Empty();
    }, true),
    getPluginInfo: unary((_: emptypb.Empty, { provider }) => new pluginpb.PluginInfo().setVersion(provider.version)),
    getSchema: unary((_: pb.GetSchemaRequest, { provider }) => {
      const schema = { name: provider.name, version: provider.version, resources: {} };
      return new pb.GetSchemaResponse().setSchema(JSON.stringify(schema));
    }),
    getMapping: unary(() => new pb.GetMappingResponse()),
    getMappings: unary(() => new pb.GetMappingsResponse()),
    cancel: unary(async (_: emptypb.Empty, instance) => {
      await instance.stop();
      return new emptypb.Empty();
    }),
    configure: unary((request: pb.ConfigureRequest, { provider }) => {
      provider.configure?.(new Map(request.getVariablesMap().entries()));
      return new pb.ConfigureResponse().setAcceptsecrets(true).setSupportspreview(true);
    }),
    checkConfig: unary((request: pb.CheckRequest, { provider }) => {
      const news = fromStruct(request.getNews());
      return checkResponse(provider.checkConfig?.(news) ?? { inputs: news });
    }),
    diffConfig: unary(async (request: pb.DiffRequest, { provider }) => {
      const olds = fromStruct(request.getOldInputs() ?? request.getOlds());
      return diffResponse((await provider.diffConfig?.(olds, fromStruct(request.getNews()))) ?? { changed: false });
    }),
    check: unary(async (request: pb.CheckRequest, { provider, steps }) =>
      checkResponse(
        await provider.check({
          ...steps.base(request),
          olds: fromStruct(request.getOlds()),
          news: fromStruct(request.getNews()),
          randomSeed: request.getRandomseed_asU8(),
        }),
      ),
    ),
    diff: unary(async (request: pb.DiffRequest, { provider, steps }) =>
      diffResponse(
        await provider.diff({
          ...steps.base(request),
          id: request.getId(),
          state: fromStruct(request.getOlds()),
          oldInputs: fromStruct(request.getOldInputs()),
          news: fromStruct(request.getNews()),
        }),
      ),
    ),
    create: unary(async (request: pb.CreateRequest, { provider, steps }) => {
      const { id, outputs } = await steps.run(
        provider.create({
          ...steps.base(request, request.getTimeout()),
          inputs: fromStruct(request.getProperties()),
          preview: request.getPreview(),
          timeout: request.getTimeout(),
        }),
      );
      return new pb.CreateResponse().setId(id).setProperties(toStruct(outputs));
    }),
    read: unary(async (request: pb.ReadRequest, { provider, steps }) => {
      const result = await steps.run(
        provider.read({
          ...steps.base(request),
          id: request.getId(),
          state: fromStruct(request.getProperties()),
          inputs: fromStruct(request.getInputs()),
        }),
      );
      if (result === undefined) return new pb.ReadResponse();
      return new pb.ReadResponse()
        .setId(result.id)
        .setProperties(toStruct(result.outputs))
        .setInputs(toStruct(result.inputs));
    }),
    update: unary(async (request: pb.UpdateRequest, { provider, steps }) => {
      const outputs = await steps.run(
        provider.update({
          ...steps.base(request, request.getTimeout()),
          id: request.getId(),
          state: fromStruct(request.getOlds()),
          oldInputs: fromStruct(request.getOldInputs()),
          news: fromStruct(request.getNews()),
          preview: request.getPreview(),
          timeout: request.getTimeout(),
        }),
      );
      return new pb.UpdateResponse().setProperties(toStruct(outputs));
    }),
    delete: unary(async (request: pb.DeleteRequest, { provider, steps }) => {
      await steps.run(
        provider.delete({
          ...steps.base(request, request.getTimeout()),
          id: request.getId(),
          state: fromStruct(request.getProperties()),
          oldInputs: fromStruct(request.getOldInputs()),
          timeout: request.getTimeout(),
        }),
      );
      return new emptypb.Empty();
    }),
    invoke: unary((request: pb.InvokeRequest, { provider }) => unsupported(provider, request.getTok())),
    call: unary((request: pb.CallRequest, { provider }) => unsupported(provider, request.getTok())),
    construct: unary((request: pb.ConstructRequest, { provider }) => unsupported(provider, request.getType())),
    parameterize: unary((_: pb.ParameterizeRequest, { provider }) => unsupported(provider, 'a parameterised package')),
  };
}

function unsupported(provider: Provider, what: string): never {
  throw new StepError(`the lab's stand-in for the ${provider.name} provider does not serve ${what}`);
}

/** An error's text reaches the user, its stack only where it is a bug of ours. */
function answering<Q, A>(handle: (call: grpc.ServerUnaryCall<Q, A>) => A | Promise<A>): grpc.handleUnaryCall<Q, A> {
  return (call, callback) => {
    Promise.resolve()
      .then(() => handle(call))
      .then((answer) => callback(null, answer))
      .catch((error: unknown) => callback(statusOf(error)));
  };
}

function statusOf(error: unknown): Partial<grpc.StatusObject> {
  const code = grpc.status.UNKNOWN;
  if (!(error instanceof StepError)) {
    return { code, details: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
  if (!(error instanceof NotReadyError)) return { code, details: error.message };
  return { code, details: error.message, metadata: notReadyDetails(error, error.made) };
}

/** The engine takes what was made from this detail, so that an object that is there is never forgotten. */
function notReadyDetails(error: NotReadyError, made: Created): grpc.Metadata {
  const detail = new pb.ErrorResourceInitFailed()
    .setId(made.id)
    .setProperties(toStruct(made.outputs))
    .setReasonsList([...error.reasons]);
  const any = new anypb.Any();
  any.pack(detail.serializeBinary(), 'pulumirpc.ErrorResourceInitFailed');
  const status = new statuspb.Status().setCode(grpc.status.UNKNOWN).setMessage(error.message).addDetails(any);
  const metadata = new grpc.Metadata();
  metadata.add('grpc-status-details-bin', Buffer.from(status?.serializeBinary() ?? []));
  return metadata;
}

function checkResponse(result: { inputs: PropertyMap; failures?: readonly { property: string; reason: string }[] }) {
  const failures = (result.failures ?? []).map((f) =>
    new pb.CheckFailure().setProperty(f.property).setReason(f.reason),
  );
  return new pb.CheckResponse().setInputs(toStruct(result.inputs)).setFailuresList(failures);
}

const kinds = {
  add: [pb.PropertyDiff.Kind.ADD, pb.PropertyDiff.Kind.ADD_REPLACE],
  delete: [pb.PropertyDiff.Kind.DELETE, pb.PropertyDiff.Kind.DELETE_REPLACE],
  update: [pb.PropertyDiff.Kind.UPDATE, pb.PropertyDiff.Kind.UPDATE_REPLACE],
} as const;

function diffResponse(result: DiffResult): pb.DiffResponse {
  const changes = result.changed ? pb.DiffResponse.DiffChanges.DIFF_SOME : pb.DiffResponse.DiffChanges.DIFF_NONE;
  const response = new pb.DiffResponse()
    .setChanges(changes)
    .setDiffsList([...(result.diffs ?? [])])
    .setReplacesList([...(result.replaces ?? [])])
    .setDeletebeforereplace(result.deleteBeforeReplace ?? false)
    .setHasdetaileddiff(result.detailed !== undefined);
  for (const [path, { kind, replace }] of result.detailed ?? []) {
    const [inPlace, replacing] = kinds[kind];
    response
      .getDetaileddiffMap()
      .set(path, new pb.PropertyDiff().setKind(replace ? replacing : inPlace).setInputdiff(true));
  }
  return response;
}
