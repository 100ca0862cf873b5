/** Parses the `s3://bucket/prefix` locations of the catalog, jobs, crawlers and queries. */

export interface Location {
  readonly bucket: string;
  /** Without a leading `/`; may be empty. */
  readonly prefix: string;
}

export function parseLocation(text: string): Location {
  const found = /^s3[an]?:\/\/([^/]+)\/?(.*)$/.exec(text);
  if (!found) throw new Error(`"${text}" is not a location on S3; write it as s3://bucket/prefix/`);
  return { bucket: found[1] as string, prefix: found[2] as string };
}

/** A location whose prefix ends with `/`, so that `orders` does not include `orders2`. */
export function parseFolder(text: string): Location {
  const { bucket, prefix } = parseLocation(text);
  return { bucket, prefix: prefix === "" || prefix.endsWith("/") ? prefix : `${prefix}/` };
}
