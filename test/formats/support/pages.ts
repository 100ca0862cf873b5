/** The pages of `docs/formats/`, made from the formats' own sources and fixtures, so that they say what the code does. */

import { isUtf8 } from "node:buffer";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { DEFAULT_LIMITS } from "../../../formats/limits";
import { FORMATS } from "../../../formats/registry";

const ROOT = path.join(__dirname, "../../..");
const SOURCES = path.join(ROOT, "formats");
const FIXTURES = path.join(ROOT, "test/fixtures/formats");
const PAGES = path.join(ROOT, "docs/formats");
const MADE = "<!-- Made by `npm run docs` from formats/ and test/fixtures/formats/; change those. -->";
const LONGEST_EXAMPLE = 600;
const MAX_REFUSALS = 12;

/** The functions that unpack compressed payloads, by the names of their fixtures; each is documented by its own comment. */
const WRAPPINGS: Readonly<Record<string, { readonly file: string; readonly unpack: string }>> = {
  gzip: { file: "inflate.ts", unpack: "gunzip" },
  zlib: { file: "inflate.ts", unpack: "unzlib" },
  zstd: { file: "zstd/zstd.ts", unpack: "unzstd" },
};

interface Fixture {
  readonly name: string;
  readonly payload: Buffer;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly format?: string;
  readonly rows?: readonly string[];
  readonly error?: { readonly format: string; readonly reason: string; readonly detail: string };
}

/** Page names and their text. */
export function pages(): Readonly<Record<string, string>> {
  const names = Object.keys(FORMATS);
  const made: Record<string, string> = { "README.md": overview(names), "compression.md": compressionPage() };
  for (const name of names) made[`${name}.md`] = formatPage(name);
  return made;
}

/** Pages that lie in the folder, as they are. */
export function writtenPages(): Readonly<Record<string, string>> {
  return Object.fromEntries(readdirSync(PAGES).map((file) => [file, readFileSync(path.join(PAGES, file), "utf8")]));
}

export function writePages(): void {
  for (const [file, text] of Object.entries(pages())) writeFileSync(path.join(PAGES, file), text);
}

function overview(names: readonly string[]): string {
  const registry = readFileSync(path.join(SOURCES, "registry.ts"), "utf8");
  const order = commentsOf(registry).at(1)?.split("\n\n").slice(1).join("\n\n") ?? "";
  return `${[
    MADE,
    "# Formats",
    "A router finds out by content what each record is. A record is unpacked first, then offered to the formats that the router " +
      "enables, in this order; the first that claims it decodes it or refuses it, and no other is tried.",
    names.map((name, index) => `${index + 1}. [${name}](${name}.md): ${claimOf(name)}`).join("\n"),
    order,
    "## Around the format",
    "First, a record that the Kinesis Producer Library has aggregated (`F3 89 9A C2`, an MD5 that matches) is taken apart. " +
      "Each user record lands on its own, with its own stream partition key, and with its place in the record in its identity: " +
      "`<shard>/<sequence number>/<place>.<row>`. Where the checksum does not match, it is a record of ordinary bytes.",
    `Then one layer of compression is taken off: [${Object.keys(WRAPPINGS).join(", ")}](compression.md).`,
    "## Limits",
    "A record past one of these is refused, with the reason `too-large` for `payloadBytes` and `limits` for the others. They are set by `formats.limits` of the router.",
    limitsTable(),
  ].join("\n\n")}\n`;
}

function formatPage(name: string): string {
  const options = optionsOf(name);
  return `${[
    MADE,
    `# ${name}`,
    firstLine(name),
    "## How it is recognised, and what becomes of it",
    described(name),
    "## Options",
    options === undefined ? `None: \`formats: { ${name}: {} }\` enables it.` : `\`\`\`ts\n${options}\n\`\`\``,
    "## Limits",
    `Those of [all formats](README.md#limits).`,
    ...examples(name, (fixture) => fixture.format === name || fixture.error?.format === name),
  ].join("\n\n")}\n`;
}

function compressionPage(): string {
  const sections = Object.entries(WRAPPINGS).flatMap(([name, { file, unpack }]) => [
    `# ${name}`,
    commentBefore(readFileSync(path.join(SOURCES, "compression", file), "utf8"), unpack),
    ...examples(name, (fixture) => fixture.name.startsWith(`${name}-`)),
  ]);
  return `${[MADE, ...sections].join("\n\n")}\n`;
}

/** The file that a registry entry loads, relative to formats/. */
function fileOf(name: string): string {
  const registry = readFileSync(path.join(SOURCES, "registry.ts"), "utf8");
  const file = new RegExp(`\\b${name}: \\(\\) =>\\s*\\(require\\("../formats/([\\w/]+)"\\)`).exec(registry)?.[1];
  if (!file) throw new Error(`formats/registry.ts has no entry "${name}"`);
  return `${file}.ts`;
}

function sourceOf(name: string): string {
  return readFileSync(path.join(SOURCES, fileOf(name)), "utf8");
}

function firstLine(name: string): string {
  return commentsOf(sourceOf(name))[0] ?? "";
}

/** The comment before the format itself. */
function described(name: string): string {
  const source = sourceOf(name);
  const end = source.indexOf(`export const ${name}:`);
  return commentsOf(source.slice(0, end)).at(-1) ?? "";
}

function claimOf(name: string): string {
  const [first = ""] = described(name).split(/\.(?:\s|$)/);
  return `${first.replaceAll("\n", " ").replace(/^Claims /, "claims ")}.`;
}

/** The options' declaration, with its comments; undefined for a format without options. */
function optionsOf(name: string): string | undefined {
  const source = sourceOf(name);
  const type = /Format<"\w+", (\w+)>/.exec(source)?.[1] as string;
  if (source.includes(`export type ${type} = Record<string, never>`)) return undefined;
  const folder = path.join(SOURCES, path.dirname(fileOf(name)));
  for (const file of readdirSync(folder)) {
    const text = readFileSync(path.join(folder, file), "utf8");
    const start = text.indexOf(`export interface ${type} {`);
    if (start >= 0) return text.slice(start, text.indexOf("\n}", start) + 2);
  }
  throw new Error(`formats/ declares no ${type}`);
}

/** The comment before a function, up to its first tag. */
function commentBefore(source: string, name: string): string {
  const end = source.indexOf(`export function ${name}(`);
  if (end < 0) throw new Error(`formats/compression exports no function ${name}`);
  return (commentsOf(source.slice(0, end)).at(-1) ?? "").split(/\n\n?@/)[0]?.trim() ?? "";
}

/** The texts of a source's documentation comments, without their stars. */
function commentsOf(source: string): string[] {
  return [...source.matchAll(/\/\*\*([\s\S]*?)\*\//g)].map(([, text]) =>
    (text as string)
      .split("\n")
      .map((line) => line.replace(/^\s*\* ?/, "").trimEnd())
      .join("\n")
      .trim(),
  );
}

function limitsTable(): string {
  const source = readFileSync(path.join(SOURCES, "limits.ts"), "utf8");
  const rows = Object.entries(DEFAULT_LIMITS).map(([name, value]) => {
    const end = source.indexOf(`readonly ${name}: number`);
    const words = (commentsOf(source.slice(0, end)).at(-1) ?? "").replaceAll("\n", " ").replace(/ ?@default.*$/, "");
    return `| \`${name}\` | ${value.toLocaleString("en")} | ${words} |`;
  });
  return ["| limit | default | what it bounds |", "|---|---|---|", ...rows].join("\n");
}

function examples(name: string, isOf: (fixture: Fixture) => boolean): string[] {
  const own = fixtures().filter(isOf);
  // The longest that still is an example shows most.
  const decoded = own
    .filter(({ rows, payload }) => rows && payload.length <= LONGEST_EXAMPLE)
    .sort((left, right) => right.payload.length - left.payload.length)[0];
  const refused = own.filter(({ error }) => error).slice(0, MAX_REFUSALS);
  const config = decoded?.config?.[name];
  const parts = [];
  if (decoded) {
    parts.push("## An example", shown(decoded.payload));
    if (config !== undefined && JSON.stringify(config) !== "{}")
      parts.push(`with \`${name}: ${JSON.stringify(config)}\``);
    parts.push(`becomes\n\n\`\`\`json\n${decoded.rows?.join("\n")}\n\`\`\``);
  }
  if (refused.length > 0) {
    const lines = refused.map((fixture) => {
      const { reason, detail } = fixture.error as NonNullable<Fixture["error"]>;
      return `| ${fixture.name.replace(`${name}-`, "").replaceAll("-", " ")} | \`${reason}\` | ${detail.replaceAll("|", "\\|").replaceAll("<", "\\<")} |`;
    });
    parts.push(
      "## What is refused, for example",
      ["| payload | reason | detail |", "|---|---|---|", ...lines].join("\n"),
    );
  }
  return parts;
}

/** Text as it stands, other bytes in hexadecimal. */
function shown(payload: Buffer): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what text must not have
  const isText = isUtf8(payload) && !/[\0-\x08\x0e-\x1f\x7f]/.test(payload.toString("utf8"));
  const text = isText ? payload.toString("utf8").replace(/\r/g, "").trimEnd() : hexText(payload);
  return `\`\`\`\`\n${text}\n\`\`\`\``;
}

function hexText(payload: Buffer): string {
  return (payload.toString("hex").match(/.{1,64}/g) ?? [])
    .map((line) => (line.match(/../g) as string[]).join(" "))
    .join("\n");
}

function fixtures(): Fixture[] {
  return readdirSync(FIXTURES)
    .filter((file) => file.endsWith(".payload"))
    .sort()
    .map((file) => {
      const name = file.replace(".payload", "");
      const expected = JSON.parse(readFileSync(path.join(FIXTURES, `${name}.expected.json`), "utf8")) as object;
      return { name, payload: readFileSync(path.join(FIXTURES, file)), ...expected };
    });
}
