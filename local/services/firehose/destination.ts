/** Gathers data in objects by size and time, and puts them into a bucket under names that end at random. */
import type { Principal } from "../../cloud/iam/principal";
import { uuid } from "../../cloud/random";
import type { CloudContext } from "../../cloud/service";
import { ObjectBuffer } from "./objectBuffer";
import { evaluatePrefix } from "./prefix";
import type { DestinationSettings } from "./settings";

/** The objects that data may be in together. */
export interface Place {
  readonly prefix: string;
  readonly errorType?: string;
  readonly partitionKeys?: Readonly<Record<string, string>>;
}

interface Piece {
  readonly data: Uint8Array;
  readonly arrivedMillis: number;
}

interface OpenObject {
  readonly place: Place;
  readonly buffer: ObjectBuffer;
  /** Its data that is to be delivered once more in other pieces. */
  readonly again: Piece[];
  /** True for an object that is to be delivered once more as it is. */
  readonly isRepeated: boolean;
  readonly extension: string;
  readonly convert: DestinationOptions["convert"];
}

export interface DestinationOptions {
  readonly cloud: CloudContext;
  readonly settings: DestinationSettings;
  readonly principal: Principal;
  /** Begins the names of objects: the delivery stream's name and version. */
  readonly nameOf: () => string;
  /**
   * `pieces`: all data is delivered twice, some in other objects. `objects`: each object is delivered twice, as after a write whose
   * answer got lost. @default once
   */
  readonly repeats?: "pieces" | "objects" | undefined;
  /** Makes the body of an object of its data, which is compressed with gzip. @default the data */
  readonly convert?: ((data: Buffer) => Promise<Buffer>) | undefined;
}

export class Destination {
  private readonly open = new Map<string, OpenObject>();
  /** Full or due, in order; an object stays here until it is delivered. */
  private readonly waiting: OpenObject[] = [];

  constructor(private options: DestinationOptions) {}

  /** From now on, all objects are delivered by these options, also those that wait. */
  change(options: DestinationOptions): void {
    this.options = options;
  }

  async add(place: Place, data: Uint8Array, arrivedMillis: number): Promise<void> {
    const object = this.openAt(place);
    if (this.options.repeats === "pieces") object.again.push({ data, arrivedMillis });
    await object.buffer.add(data, arrivedMillis);
    if (object.buffer.bytes >= this.options.settings.bufferBytes) this.close(object);
  }

  /**
   * Delivers the objects that are full, and those that are due or all.
   * @throws the error of the first that is not delivered; it stays, and those after it
   */
  async flush(now = Number.POSITIVE_INFINITY): Promise<void> {
    for (;;) {
      const [first] = this.waiting;
      if (first) {
        await this.put(first);
        this.waiting.shift();
        if (first.isRepeated) this.waiting.unshift({ ...first, isRepeated: false });
        else if (first.again.length > 0) await this.repeat(first);
        continue;
      }
      const due = [...this.open.values()].find((object) => this.dueOf(object) <= now);
      if (!due) return;
      this.close(due);
    }
  }

  /** The arrival of the oldest record that is not delivered. */
  oldestMillis(): number {
    return Math.min(...[...this.waiting, ...this.open.values()].map(({ buffer }) => buffer.oldestMillis));
  }

  /** True if data of the place is not delivered yet. */
  isActive(place: Place): boolean {
    return this.activePlaces().has(JSON.stringify(place));
  }

  /** The places with data that is not delivered yet. */
  activePlaces(): ReadonlySet<string> {
    return new Set([...this.open.keys(), ...this.waiting.map(({ place }) => JSON.stringify(place))]);
  }

  isEmpty(): boolean {
    return this.waiting.length === 0 && this.open.size === 0;
  }

  /** The time at which the next object is due. */
  nextDue(): number {
    return Math.min(...[...this.open.values()].map((object) => this.dueOf(object)));
  }

  private dueOf({ buffer }: OpenObject): number {
    return buffer.sinceMillis + this.options.settings.bufferMillis;
  }

  private openAt(place: Place): OpenObject {
    const key = JSON.stringify(place);
    const found = this.open.get(key);
    if (found) return found;
    const made = { ...this.newObject(place), isRepeated: this.options.repeats === "objects" };
    this.open.set(key, made);
    return made;
  }

  private newObject(place: Place): OpenObject {
    const { cloud, settings, convert } = this.options;
    const buffer = new ObjectBuffer(cloud.clock.now(), settings.isCompressed || convert !== undefined);
    return { place, buffer, again: [], isRepeated: false, extension: settings.extension, convert };
  }

  private close(object: OpenObject): void {
    this.open.delete(JSON.stringify(object.place));
    this.waiting.push(object);
  }

  /**
   * A part is delivered again at once, and the rest at the start of the next object, as after a checkpoint that got lost.
   * Firehose delivers at least once: https://docs.aws.amazon.com/firehose/latest/dev/basic-deliver.html
   */
  private async repeat({ place, again }: OpenObject): Promise<void> {
    const cut = Math.floor(this.options.cloud.random() * (again.length + 1));
    const object = this.newObject(place);
    for (const { data, arrivedMillis } of again.slice(0, cut)) await object.buffer.add(data, arrivedMillis);
    if (cut > 0) this.waiting.unshift(object);
    if (cut === again.length) return;
    const next = this.openAt(place);
    for (const { data, arrivedMillis } of again.slice(cut)) await next.buffer.add(data, arrivedMillis);
  }

  /** https://docs.aws.amazon.com/firehose/latest/dev/s3-object-name.html */
  private async put({ place, buffer, extension, convert }: OpenObject): Promise<void> {
    const { cloud, settings, principal, nameOf } = this.options;
    const data = await buffer.close();
    const body = convert ? await convert(data) : data;
    const prefix = evaluatePrefix(place.prefix, { ...place, oldestMillis: buffer.oldestMillis, random: cloud.random });
    const time = new Date(cloud.clock.now()).toISOString().slice(0, 19).replace(/[T:]/g, "-");
    const Key = `${prefix}${nameOf()}-${time}-${uuid(cloud.random)}${extension}`;
    // Firehose uses multipart uploads, whose permissions its developer guide requires.
    const bucket = `arn:aws:s3:::${settings.bucket}`;
    const ofBucket = ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"];
    const ofObject = ["s3:AbortMultipartUpload", "s3:GetObject"];
    cloud.authorize(principal, [
      ...ofBucket.map((action) => ({ action, resource: bucket })),
      ...ofObject.map((action) => ({ action, resource: `${bucket}/${Key}` })),
    ]);
    await cloud.call(principal, "s3", "PutObject", { Bucket: settings.bucket, Key, Body: body });
  }
}
