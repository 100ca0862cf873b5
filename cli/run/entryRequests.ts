/** Requests to the program's HTTP entry in a local run: the files of `--input`, and the paths of `--get`. */
import { CommandError } from "../errors";
import type { InputSteps } from "../input/inputSteps";
import type { Sent } from "../send/sendRecords";
import type { HttpAnswer } from "./report";
import type { Sink } from "./sinks";
import type { RunContext } from "./steps";

type Entry = Extract<Sink, { kind: "entry" }>;

const CREDENTIALS = { accessKeyId: "local", secretAccessKey: "local" };

/** @throws CommandError for a program without an HTTP entry, or with several */
export function entryOf(sinks: readonly Sink[], option: string): Entry {
  const entries = sinks.filter((sink) => sink.kind === "entry");
  const [only] = entries;
  if (only && entries.length === 1) return only;
  throw new CommandError(
    `streamlake local: ${option} needs one IngestApi, and the program declares ${entries.length === 0 ? "none" : entries.length}`,
  );
}

/** By stream, the records that the entry has acknowledged. */
export async function sendThroughApi(
  { cloud, io, progress }: RunContext,
  { url, stream }: Entry,
  inputs: { readonly files: readonly string[]; readonly bytes?: number | undefined },
  input: InputSteps,
): Promise<Record<string, Sent>> {
  const { sendFiles } = require("../send/api/sendFiles") as typeof import("../send/api/sendFiles");
  const sending = sendFiles({ url, region: cloud.region }, inputs.files, input, io);
  const step = () => ({ what: `sending to ${url}`, bytes: input.bytes(), ofBytes: inputs.bytes });
  return { [stream]: await progress.during(sending, step) };
}

export async function getAll(
  { cloud }: RunContext,
  sinks: readonly Sink[],
  paths: readonly string[],
): Promise<HttpAnswer[]> {
  if (paths.length === 0) return [];
  const { host, hostname, protocol, origin } = new URL(entryOf(sinks, "--get").url);
  const { SignatureV4 } = require("@smithy/signature-v4") as typeof import("@smithy/signature-v4");
  const { clientConfig } =
    require("../../functions/effects/clientConfig") as typeof import("../../functions/effects/clientConfig");
  const { sha256 } = clientConfig(cloud.region);
  const signing = new SignatureV4({ credentials: CREDENTIALS, region: cloud.region, sha256, service: "execute-api" });
  const answers: HttpAnswer[] = [];
  for (const path of paths) {
    const request = { method: "GET", protocol, hostname, path, query: {}, headers: { host } };
    const { host: _, ...headers } = (await signing.sign(request)).headers; // fetch writes it itself
    const response = await fetch(new URL(path, origin), { headers });
    answers.push({ path, status: response.status, body: await response.text() });
  }
  return answers;
}
