/** Reads assets and archives among inputs, from Pulumi's classes or its wire format, and compares their content. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { isPlainObject, SPECIAL } from "./plainInputs";

/** The marks of assets and archives in the wire format (`pulumi/pulumi`, sdk/nodejs/runtime/rpc.ts). */
const ASSET = "c44067f5952c0a294b673a41bacd8c17";
const ARCHIVE = "0def7320c3a5731c473e5ecbe6d01bc7";

/** The fields of Pulumi's asset classes, which may be promises. A program may have its own copy of the classes. */
interface Content {
  readonly __pulumiAsset?: boolean;
  readonly __pulumiArchive?: boolean;
  readonly text?: unknown;
  readonly path?: unknown;
  readonly uri?: unknown;
  readonly assets?: unknown;
  /** Pulumi's hash of the content; only in the wire format. */
  readonly hash?: unknown;
}

/** The inputs, with assets and archives of the wire format in the shape of Pulumi's classes. */
export function withContent(inputs: Record<string, unknown>): Record<string, unknown> {
  return revived(inputs) as Record<string, unknown>;
}

function revived(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(revived);
  if (typeof value !== "object" || value === null || !isPlainObject(value)) return value;
  const { [SPECIAL]: mark, ...rest } = value as Record<string, unknown>;
  const parts = Object.fromEntries(Object.entries(rest).map(([name, part]) => [name, revived(part)]));
  if (mark === ASSET) return { ...parts, __pulumiAsset: true };
  if (mark === ARCHIVE) return { ...parts, __pulumiArchive: true };
  return parts;
}

export function isContent(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const {
    __pulumiAsset: asset,
    __pulumiArchive: archive,
    [SPECIAL]: mark,
  } = value as Content & { [SPECIAL]?: unknown };
  return asset === true || archive === true || mark === ASSET || mark === ARCHIVE;
}

/** True if both have the same bytes under the same names: by Pulumi's hashes if both have one, else by reading them. */
export async function isSameContent(one: unknown, other: unknown): Promise<boolean> {
  if (!isContent(one) || !isContent(other)) return false;
  const [first, second] = [(one as Content).hash, (other as Content).hash];
  if (typeof first === "string" && typeof second === "string") return first === second;
  return (await hashOf(revived(one) as Content)) === (await hashOf(revived(other) as Content));
}

async function hashOf(content: Content): Promise<string> {
  const [text, file, uri] = [await content.text, await content.path, await content.uri];
  if (typeof text === "string") return sha256(text);
  if (typeof file === "string") return hashOfPath(file);
  if (typeof uri === "string") return sha256(`uri ${uri}`);
  const entries = Object.entries((await content.assets) as Record<string, Content | Promise<Content>>);
  const hashes = await Promise.all(entries.map(async ([name, part]) => `${name}\n${await hashOf(await part)}`));
  return sha256(hashes.sort().join("\n"));
}

/** A directory has the hash of the archive of its files. */
function hashOfPath(at: string): string {
  if (!statSync(at).isDirectory()) return sha256(readFileSync(at));
  const names = readdirSync(at, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.join(entry.parentPath, entry.name));
  const hashes = names.map((name) => `${path.relative(at, name)}\n${sha256(readFileSync(name))}`);
  return sha256(hashes.sort().join("\n"));
}

function sha256(bytes: string | Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
