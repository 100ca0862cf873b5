/** The operations that list log groups and streams, and read and filter their events. */
import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { listFiles } from "../../cloud/listFiles";
import { type Operation, type Service, ServiceError } from "../../cloud/service";
import { type LogEvent, readEvents } from "./events";
import { filterPattern } from "./filterPattern";

export interface LogGroup {
  readonly arn: string;
  readonly createdMillis: number;
  readonly logGroupClass: string;
  readonly retentionInDays?: number;
}

interface LogStore {
  readonly groups: ReadonlyMap<string, LogGroup>;
  arnOf(group: string): string;
  dirOf(group: string): string;
  /** True for the file of a stream that PutLogEvents writes. */
  isPut(file: string): boolean;
}

interface OfGroup {
  readonly logGroupName?: string;
  /** The name or the ARN. */
  readonly logGroupIdentifier?: string;
}

interface Paged {
  readonly limit?: number;
  readonly nextToken?: string;
}

interface TimeRange {
  /** Milliseconds since the epoch, inclusive. */
  readonly startTime?: number;
  /** Exclusive for GetLogEvents, inclusive for FilterLogEvents (API references). */
  readonly endTime?: number;
}

interface GroupsInput extends Paged {
  readonly logGroupNamePrefix?: string;
  readonly logGroupNamePattern?: string;
}

interface StreamsInput extends OfGroup, Paged {
  readonly logStreamNamePrefix?: string;
  readonly orderBy?: "LogStreamName" | "LastEventTime";
  readonly descending?: boolean;
}

interface GetInput extends OfGroup, Paged, TimeRange {
  readonly logStreamName: string;
  readonly startFromHead?: boolean;
}

interface FilterInput extends OfGroup, Paged, TimeRange {
  readonly logStreamNames?: readonly string[];
  readonly logStreamNamePrefix?: string;
  readonly filterPattern?: string;
}

interface StreamFile {
  readonly name: string;
  readonly file: string;
}

/** Maximum number of groups or streams on a page, and of events (API references). */
const MAX_LISTED = 50;
const MAX_EVENTS = 10_000;
/** Maximum size of a page of events, in bytes of their messages. */
const MAX_PAGE_BYTES = 1_048_576;

export function readOperations(store: LogStore): Service["operations"] {
  const { groups, arnOf } = store;
  const ofGroup = (action: string) => (input: OfGroup) => [{ action, resource: `${arnOf(nameOf(input))}:log-stream:` }];
  const streamsOf = (group: string): StreamFile[] => {
    if (!groups.has(group)) throw missing("log group");
    // A group's directory may hold that of a group whose name continues its own.
    const others = [...groups.keys()].filter((name) => name.startsWith(`${group}/`));
    const inner = others.map((name) => `${name.slice(group.length + 1)}/`);
    return [...listFiles(store.dirOf(group), "")]
      .filter(({ key }) => key.endsWith(".log") && !inner.some((prefix) => key.startsWith(prefix)))
      .map(({ key, path }) => ({ name: key.slice(0, -".log".length), file: path }));
  };
  const eventsOf = ({ file }: StreamFile) => readEvents(file, store.isPut(file));

  const describeLogGroups: Operation<GroupsInput> = {
    access: () => [{ action: "logs:DescribeLogGroups", resource: arnOf("*") }],
    run: (input) => {
      const { logGroupNamePrefix: prefix, logGroupNamePattern: pattern } = input;
      if (prefix !== undefined && pattern !== undefined) {
        throw invalid("LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.");
      }
      const found = [...groups]
        .filter(([name]) => name.startsWith(prefix ?? "") && name.toLowerCase().includes((pattern ?? "").toLowerCase()))
        .sort(([left], [right]) => (left < right ? -1 : 1));
      const { items, nextToken } = listed(found, input);
      const logGroups = items.map(([logGroupName, { arn, createdMillis, logGroupClass, retentionInDays }]) => ({
        logGroupName,
        arn: `${arn}:*`,
        logGroupArn: arn,
        creationTime: createdMillis,
        retentionInDays,
        logGroupClass,
        metricFilterCount: 0,
        storedBytes: streamsOf(logGroupName).reduce((sum, { file }) => sum + statSync(file).size, 0),
      }));
      return { logGroups, nextToken };
    },
  };

  const describeLogStreams: Operation<StreamsInput> = {
    access: ofGroup("logs:DescribeLogStreams"),
    run: async (input) => {
      const { logStreamNamePrefix: prefix, orderBy = "LogStreamName", descending = false } = input;
      if (prefix !== undefined && orderBy === "LastEventTime") {
        throw invalid("Cannot order by LastEventTime with a logStreamNamePrefix.");
      }
      const group = nameOf(input);
      const found = streamsOf(group).filter(({ name }) => name.startsWith(prefix ?? ""));
      const described = await Promise.all(found.map((stream) => describe(stream)));
      if (orderBy === "LastEventTime") {
        described.sort((a, b) => (a.lastEventTimestamp ?? 0) - (b.lastEventTimestamp ?? 0));
      }
      const { items, nextToken } = listed(descending ? described.reverse() : described, input);
      const arn = (name: string) => `${arnOf(group)}:log-stream:${name}`;
      return { logStreams: items.map((stream) => ({ ...stream, arn: arn(stream.logStreamName) })), nextToken };
    },
  };

  async function describe(stream: StreamFile) {
    let first: LogEvent | undefined;
    let last: LogEvent | undefined;
    for await (const event of eventsOf(stream)) {
      first ??= event;
      last = event;
    }
    return {
      logStreamName: stream.name,
      creationTime: first?.timestamp ?? Math.floor(statSync(stream.file).mtimeMs),
      firstEventTimestamp: first?.timestamp,
      lastEventTimestamp: last?.timestamp,
      lastIngestionTime: last?.timestamp,
      // AWS always reports 0 (API reference of LogStream).
      storedBytes: 0,
    };
  }

  const getLogEvents: Operation<GetInput> = {
    access: (input) => [
      { action: "logs:GetLogEvents", resource: `${arnOf(nameOf(input))}:log-stream:${input.logStreamName}` },
    ],
    run: async (input) => {
      const { startTime = 0, endTime = Number.POSITIVE_INFINITY, startFromHead = false, nextToken } = input;
      const stream = streamsOf(nameOf(input)).find(({ name }) => name === input.logStreamName);
      if (!stream) throw missing("log stream");
      const limit = limitOf(input, MAX_EVENTS, MAX_EVENTS);
      const all: LogEvent[] = [];
      for await (const event of eventsOf(stream)) {
        if (event.timestamp >= startTime && event.timestamp < endTime) all.push(event);
      }
      const [from, to] = pageBounds(all, limit, nextToken ?? (startFromHead ? "f/0" : `b/${all.length}`));
      return {
        events: all.slice(from, to).map(({ timestamp, message }) => ({ timestamp, message, ingestionTime: timestamp })),
        nextForwardToken: `f/${to}`,
        nextBackwardToken: `b/${from}`,
      };
    },
  };

  const filterLogEvents: Operation<FilterInput> = {
    access: ofGroup("logs:FilterLogEvents"),
    run: async (input) => {
      const { startTime = 0, endTime = Number.POSITIVE_INFINITY, nextToken } = input;
      const matches = filterPattern(input.filterPattern ?? "");
      const limit = limitOf(input, MAX_EVENTS, MAX_EVENTS);
      const after = nextToken === undefined ? "" : eventIdOf(nextToken);
      const found = [];
      for (const stream of chosen(streamsOf(nameOf(input)), input)) {
        const digits = digitsOf(stream.name);
        for await (const { timestamp, message, ordinal } of eventsOf(stream)) {
          if (timestamp < startTime || timestamp > endTime || !matches(message)) continue;
          const eventId = `${pad(timestamp, 16)}${digits}${pad(ordinal, 20)}`;
          if (eventId <= after) continue;
          found.push({ logStreamName: stream.name, timestamp, message, ingestionTime: timestamp, eventId });
        }
      }
      found.sort((left, right) => (left.eventId < right.eventId ? -1 : 1));
      const events = found.slice(0, countWithin(found, limit));
      const last = events.at(-1);
      const isMore = last !== undefined && events.length < found.length;
      return {
        events,
        // AWS no longer reports the streams (API reference of FilterLogEvents).
        searchedLogStreams: [],
        ...(isMore && { nextToken: Buffer.from(last.eventId).toString("base64url") }),
      };
    },
  };

  return {
    DescribeLogGroups: describeLogGroups,
    DescribeLogStreams: describeLogStreams,
    GetLogEvents: getLogEvents,
    FilterLogEvents: filterLogEvents,
  };
}

function nameOf({ logGroupName, logGroupIdentifier }: OfGroup): string {
  if ((logGroupName === undefined) === (logGroupIdentifier === undefined)) {
    throw invalid("You must include exactly one of logGroupIdentifier and logGroupName.");
  }
  const name = logGroupName ?? (logGroupIdentifier as string);
  return /^arn:[^:]+:logs:[^:]*:\d{12}:log-group:([^:]+)$/.exec(name)?.[1] ?? name;
}

function chosen(streams: readonly StreamFile[], { logStreamNames, logStreamNamePrefix }: FilterInput): StreamFile[] {
  if (logStreamNames !== undefined && logStreamNamePrefix !== undefined) {
    throw invalid("You can specify either logStreamNames or logStreamNamePrefix, not both.");
  }
  if (logStreamNames?.some((wanted) => !streams.some(({ name }) => name === wanted))) throw missing("log stream");
  return streams.filter(
    ({ name }) => (logStreamNames?.includes(name) ?? true) && name.startsWith(logStreamNamePrefix ?? ""),
  );
}

/** The page that a token of GetLogEvents stands for: `f/<first>` goes forward, `b/<end>` backward. */
function pageBounds(events: readonly LogEvent[], limit: number, token: string): [from: number, to: number] {
  const [, direction, index] = /^([fb])\/(\d+)$/.exec(token) ?? [];
  if (direction === undefined) throw invalid("The specified nextToken is invalid.");
  const at = Math.min(Number(index), events.length);
  if (direction === "f") return [at, at + countWithin(events.slice(at), limit)];
  return [at - countWithin(events.slice(0, at).reverse(), limit), at];
}

/** The number of events on a page: at most `limit`, and at most 1 MiB of messages, but at least one. */
function countWithin(events: readonly { readonly message: string }[], limit: number): number {
  let bytes = 0;
  let count = 0;
  for (const { message } of events.slice(0, limit)) {
    bytes += Buffer.byteLength(message);
    if (count > 0 && bytes > MAX_PAGE_BYTES) break;
    count++;
  }
  return count;
}

function listed<T>(all: readonly T[], input: Paged): { items: T[]; nextToken?: string } {
  const { nextToken = "0" } = input;
  if (!/^\d+$/.test(nextToken)) throw invalid("The specified nextToken is invalid.");
  const start = Number(nextToken);
  const end = start + limitOf(input, MAX_LISTED, MAX_LISTED);
  return { items: all.slice(start, end), ...(end < all.length && { nextToken: String(end) }) };
}

function limitOf({ limit }: Paged, initial: number, max: number): number {
  if (limit === undefined) return initial;
  if (Number.isInteger(limit) && limit >= 1 && limit <= max) return limit;
  const bound = limit < 1 ? "greater than or equal to 1" : `less than or equal to ${max}`;
  throw invalid(
    `1 validation error detected: Value '${limit}' at 'limit' failed to satisfy constraint: Member must have value ${bound}`,
  );
}

function eventIdOf(token: string): string {
  const id = Buffer.from(token, "base64url").toString("latin1");
  if (!/^\d{56}$/.test(id)) throw invalid("The specified nextToken is invalid.");
  return id;
}

/** Twenty digits that stand for a stream, so that events of the same millisecond keep their order on all pages. */
function digitsOf(stream: string): string {
  return createHash("sha256").update(stream).digest().readBigUInt64BE().toString().padStart(20, "0");
}

function pad(value: number, digits: number): string {
  return String(value).padStart(digits, "0");
}

function missing(what: string): ServiceError {
  return new ServiceError("ResourceNotFoundException", `The specified ${what} does not exist.`);
}

function invalid(message: string): ServiceError {
  return new ServiceError("InvalidParameterException", message);
}
