/** Draws a program's data flow from its declared resources: components, and the edges on which records and rows move. */
import type { Flow, FlowEdge, FlowNode, PageName } from "../../console/wire";
import { defaults } from "../../lake/defaults";

interface FlowResource {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly parent?: string;
  /** Empty for a component. */
  readonly id: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, unknown>>;
}

const MAPPING = "aws:lambda/eventSourceMapping:EventSourceMapping";
const FUNCTION = "aws:lambda/function:Function";
const JOB = "aws:glue/job:Job";
const STREAM = "aws:kinesis/stream:Stream";
const DELIVERY = "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream";
const FAILED_PREFIX = new RegExp(`^((?:.*/)?${defaults.prefixes.failedDeliveries}([^/]+)/)`);
/** A part of other components, which is no place of its own. */
const PART = "streamlake:index:CallbackFunction";
const WORKGROUP = "aws:redshiftserverless/workgroup:Workgroup";
const TABLE = "aws:dynamodb/table:Table";
const BUCKET = /^aws:s3\/bucket(V2)?:/;
/** Types that functions write to, by a value of their environment. */
const TARGETS = /^aws:(dynamodb\/table:|sns\/topic:|sqs\/queue:)/;

const PAGES: Readonly<Record<string, PageName>> = { DataLake: "sql", HourlyEtl: "runs", FormatRouter: "records" };
const UNFORMATTED = "unformatted";
const TABLES = "tables";
const FAILED = "failed-deliveries";
/** The key in `Live.counts` of the rows that the hourly step has flattened. */
export const TABLE_ROWS = "tables:rows";

/** The key in `Live.counts` of the records that a delivery stream could not deliver. */
export function failedCounter(delivery: string): string {
  return `failed:${delivery}`;
}

export function streamCounter(stream: string): string {
  return `stream:${stream}`;
}

export function flowOf(resources: readonly FlowResource[]): Flow {
  const owners = new Owners(resources);
  const edges = new Edges(owners);
  const views = resources.filter(
    (resource) => resource.type === TABLE && owners.nodeOf(resource).kind === "ServingTable",
  );
  /** Routers and folds log the counts of each batch, other functions do not. */
  const countsBatches = (one: FlowResource) => {
    const { LAKE_BUCKET, ...others } = variablesOf(one);
    return LAKE_BUCKET !== undefined || views.some((view) => textsIn(others).some((value) => isNamed(view, value)));
  };
  const streams = resources.filter(({ type }) => type === STREAM);
  const functions = resources.filter(({ type }) => type === FUNCTION);
  const deliveries = resources.filter(({ type }) => type === DELIVERY);
  const mapped = new Set<FlowResource>();
  for (const mapping of resources.filter(({ type }) => type === MAPPING)) {
    const stream = streams.find((one) => isNamed(one, mapping.inputs.eventSourceArn));
    const consumer = functions.find((one) => isNamed(one, mapping.inputs.functionName));
    if (!stream || !consumer) continue;
    mapped.add(consumer);
    edges.add(stream, consumer, "records", countsBatches(consumer) ? `${nameOf(consumer)}:Records` : undefined);
  }
  const transforms = functions.filter((one) => deliveries.some((delivery) => isTransformedBy(delivery, one)));
  for (const one of functions.filter((candidate) => !transforms.includes(candidate))) {
    const { LAKE_BUCKET, ...others } = variablesOf(one);
    const values = textsIn(others);
    const isTarget = ({ type }: FlowResource) => (mapped.has(one) ? TARGETS.test(type) : type === STREAM);
    const reached = resources.filter(
      (resource) => isTarget(resource) && values.some((value) => isNamed(resource, value)),
    );
    const lakes = mapped.has(one) ? resources.filter(({ type, id }) => BUCKET.test(type) && id === LAKE_BUCKET) : [];
    for (const target of [...lakes, ...reached]) {
      if (target.type === STREAM) edges.add(one, target, "records", streamCounter(nameOf(target)));
      else edges.add(one, target, "rows", countsBatches(one) ? `${nameOf(one)}:Rows` : undefined);
    }
  }
  for (const one of functions) {
    // The function that plans the loads of a warehouse names its workgroup.
    const { LAKE_BUCKET, WORKGROUP: name } = variablesOf(one);
    const lake = resources.find(({ type, id }) => BUCKET.test(type) && id === LAKE_BUCKET);
    const warehouse = resources.find(
      ({ type, inputs }) => type === WORKGROUP && name !== undefined && inputs.workgroupName === name,
    );
    if (lake && warehouse) edges.add(lake, warehouse, "rows");
  }
  for (const delivery of deliveries) {
    const values = textsIn(delivery.inputs);
    const transform = transforms.find((one) => isTransformedBy(delivery, one));
    const counter = (name: string) =>
      transform && countsBatches(transform) ? `${nameOf(transform)}:${name}` : undefined;
    for (const stream of streams) {
      if (values.some((value) => isNamed(stream, value))) edges.add(stream, delivery, "records", counter("Records"));
    }
    for (const bucket of resources.filter(({ type }) => BUCKET.test(type))) {
      if (values.includes(String(bucket.outputs.arn))) edges.add(delivery, bucket, "rows", counter("Rows"));
    }
    const failed = failedPlaceOf(delivery);
    if (failed) {
      const place: FlowNode = { id: FAILED, title: "Failed deliveries", kind: "records as bytes", page: "unformatted" };
      edges.addPlace(delivery, place, "records", failedCounter(failed.name));
    }
  }
  for (const job of resources.filter(({ type }) => type === JOB)) {
    const bucketName = (job.inputs.defaultArguments as Record<string, unknown> | undefined)?.["--BUCKET"];
    const bucket = resources.find(({ type, id }) => BUCKET.test(type) && id === bucketName);
    if (!bucket) continue;
    edges.add(bucket, job, "rows");
    edges.addPlace(job, { id: TABLES, title: "Tables", kind: "Parquet, SQL", page: "sql" }, "rows", TABLE_ROWS);
  }
  for (const router of mapped) {
    if (variablesOf(router).LAKE_BUCKET === undefined) continue;
    const place: FlowNode = {
      id: UNFORMATTED,
      title: "Unformatted",
      kind: "records kept as bytes",
      page: "unformatted",
    };
    edges.addPlace(router, place, "records", `${nameOf(router)}:Unformatted`);
  }
  for (const stream of streams) owners.nodeOf(stream);
  return { nodes: owners.nodes(), edges: edges.all() };
}

/** The folder of a delivery stream's failed records, and its component's name, from the prefix that the component declares. */
export function failedPlaceOf({ type, inputs }: Pick<FlowResource, "type" | "inputs">) {
  if (type !== DELIVERY) return undefined;
  const { bucketArn, errorOutputPrefix } = (inputs.extendedS3Configuration ?? {}) as Readonly<Record<string, unknown>>;
  const [, folder, name] = FAILED_PREFIX.exec(String(errorOutputPrefix)) ?? [];
  if (folder === undefined || name === undefined || typeof bucketArn !== "string") return undefined;
  return { bucket: bucketArn.split(":").at(-1) ?? "", folder, name };
}

function variablesOf({ inputs }: FlowResource): Readonly<Record<string, unknown>> {
  return (inputs.environment as { readonly variables?: Record<string, unknown> } | undefined)?.variables ?? {};
}

function isTransformedBy(delivery: FlowResource, one: FlowResource): boolean {
  const arn = String(one.outputs.arn);
  return textsIn(delivery.inputs).some((value) => value === arn || value.startsWith(`${arn}:`));
}

/** The component of each resource; a resource without one stands for itself. */
class Owners {
  private readonly byUrn: ReadonlyMap<string, FlowResource>;
  private readonly used = new Map<string, FlowNode>();

  constructor(resources: readonly FlowResource[]) {
    this.byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  }

  nodeOf(resource: FlowResource): FlowNode {
    const owner = this.ownerOf(resource);
    const kind = owner.type.split(":").at(-1) ?? "";
    const stream = resource.type === STREAM ? nameOf(resource) : this.used.get(owner.urn)?.stream;
    const node: FlowNode = {
      id: owner.urn,
      title: owner.name,
      kind,
      page: PAGES[kind] ?? "health",
      ...(stream !== undefined && { stream }),
    };
    this.used.set(owner.urn, node);
    return node;
  }

  place(node: FlowNode): FlowNode {
    this.used.set(node.id, node);
    return node;
  }

  nodes(): FlowNode[] {
    return [...this.used.values()];
  }

  private ownerOf(resource: FlowResource): FlowResource {
    let parent = this.byUrn.get(resource.parent ?? "");
    while (parent?.type === PART) parent = this.byUrn.get(parent.parent ?? "");
    return parent === undefined || parent.type === "pulumi:pulumi:Stack" ? resource : parent;
  }
}

class Edges {
  private readonly found = new Map<string, FlowEdge>();

  constructor(private readonly owners: Owners) {}

  /** Nothing is drawn between resources of one component. */
  add(from: FlowResource, to: FlowResource, unit: FlowEdge["unit"], counter?: string): void {
    const [source, target] = [this.owners.nodeOf(from), this.owners.nodeOf(to)];
    if (source.id !== target.id) this.keep({ from: source.id, to: target.id, unit, ...(counter && { counter }) });
  }

  addPlace(from: FlowResource, to: FlowNode, unit: FlowEdge["unit"], counter: string): void {
    this.keep({ from: this.owners.nodeOf(from).id, to: this.owners.place(to).id, unit, counter });
  }

  all(): FlowEdge[] {
    return [...this.found.values()];
  }

  private keep(edge: FlowEdge): void {
    const name = JSON.stringify([edge.from, edge.to, edge.counter]);
    if (!this.found.has(name)) this.found.set(name, edge);
  }
}

/** The physical name of a function, stream or table. */
export function nameOf({ id, outputs }: Pick<FlowResource, "id" | "outputs">): string {
  return typeof outputs.name === "string" ? outputs.name : id;
}

function isNamed({ id, outputs }: FlowResource, reference: unknown): boolean {
  return id !== "" && typeof reference === "string" && [id, outputs.name, outputs.arn].includes(reference);
}

function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return value !== null && typeof value === "object" ? Object.values(value).flatMap(textsIn) : [];
}
