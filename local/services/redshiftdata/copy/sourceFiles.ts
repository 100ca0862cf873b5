/** Finds and opens the objects of a COPY with the namespace's role: those of a manifest, or those with a prefix. */
import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import type { ObjectReader } from "../../../catalog/objects";
import { ServiceError } from "../../../cloud/service";
import type { Copy } from "../sql/copy";
import { RedshiftError } from "../sql/redshiftError";

export interface SourceFile {
  /** `s3://bucket/key` */
  readonly url: string;
  readonly path: string;
}

/** An entry of a manifest: https://docs.aws.amazon.com/redshift/latest/dg/loading-data-files-using-manifest.html */
interface ManifestEntry {
  readonly url: string;
  readonly mandatory?: boolean;
  readonly meta?: { readonly content_length?: number };
}

/** @throws RedshiftError if an object is missing or the role may not read it */
export async function sourceFiles(reader: ObjectReader, copy: Copy): Promise<SourceFile[]> {
  const { bucket, key } = placeOf(copy.from);
  if (copy.isManifest) return manifestFiles(reader, copy);
  const objects = await asRole(() => reader.list(bucket, key));
  if (objects.length === 0) throw new RedshiftError(`The specified S3 prefix '${key}' does not exist`);
  return objects.map((object) => openObject(reader, `s3://${bucket}/${object.key}`));
}

/** The text of an object that COPY needs besides its data: a manifest, a JSONPaths file. */
export function objectText(reader: ObjectReader, url: string): string {
  const { path } = openObject(reader, url);
  const bytes = readFileSync(path);
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  return (isGzip ? gunzipSync(bytes) : bytes).toString("utf8");
}

function manifestFiles(reader: ObjectReader, copy: Copy): SourceFile[] {
  const entries = readManifest(objectText(reader, copy.from), copy.from);
  const files: SourceFile[] = [];
  for (const { url, mandatory = false, meta } of entries) {
    if (copy.format.kind === "parquet" && meta?.content_length === undefined) {
      throw new RedshiftError(`Manifest file is missing the meta content_length of ${url}, which PARQUET needs`);
    }
    const file = openObject(reader, url, !mandatory);
    if (file) files.push(file);
  }
  return files;
}

function readManifest(text: string, url: string): readonly ManifestEntry[] {
  let entries: unknown;
  try {
    entries = (JSON.parse(text) as { entries?: unknown }).entries;
  } catch {
    throw new RedshiftError(`Problem reading manifest file - ${url} does not parse as JSON`);
  }
  const isEntry = (entry: unknown) => typeof (entry as ManifestEntry | null)?.url === "string";
  if (Array.isArray(entries) && entries.length > 0 && entries.every(isEntry)) return entries as ManifestEntry[];
  throw new RedshiftError(`Problem reading manifest file - ${url} needs "entries", each with a "url"`);
}

function openObject(reader: ObjectReader, url: string): SourceFile;
function openObject(reader: ObjectReader, url: string, isOptional: boolean): SourceFile | undefined;
function openObject(reader: ObjectReader, url: string, isOptional = false): SourceFile | undefined {
  const { bucket, key } = placeOf(url);
  const [path] = asRole(() => reader.open(bucket, [key]));
  if (path !== undefined && existsSync(path)) return { url, path };
  if (isOptional) return undefined;
  throw new RedshiftError(
    `S3ServiceException:The specified key does not exist.,Status 404,Error NoSuchKey, key ${key} of bucket ${bucket}`,
  );
}

function placeOf(url: string): { readonly bucket: string; readonly key: string } {
  const found = /^s3:\/\/([^/]+)\/(.*)$/s.exec(url);
  if (found) return { bucket: found[1] as string, key: found[2] as string };
  throw new RedshiftError(`"${url}" is not the URL of an S3 object, s3://bucket/key`);
}

/** Reports what S3 refuses as Redshift does. */
function asRole<T>(call: () => T): T {
  const refused = (error: unknown): never => {
    if (!(error instanceof ServiceError)) throw error;
    if (error.code !== "AccessDeniedException" && error.code !== "AccessDenied") {
      throw new RedshiftError(`S3ServiceException:${error.message},Status ${error.status},Error ${error.code}`);
    }
    throw new RedshiftError(`S3ServiceException:Access Denied,Status 403,Error AccessDenied: ${error.message}`);
  };
  try {
    const result = call();
    return result instanceof Promise ? (result.catch(refused) as T) : result;
  } catch (error) {
    return refused(error);
  }
}
