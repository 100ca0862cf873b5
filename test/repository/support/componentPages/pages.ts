/** The pages of `docs/components/`, made from types, small programs, examples and the table of costs. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { PROGRAMS } from "./programs";
import { type ComponentResources, type PermissionLine, readResources, type When } from "./readResources";
import { type ComponentTypes, type Member, type NamedType, readPublicTypes } from "./readTypes";

const ROOT = path.resolve(__dirname, "../../../..");
const PAGES = path.join(ROOT, "docs/components");
const MADE = "<!-- Made by `npm run docs` from components/, examples/ and docs/guides/costs.md; change those. -->";

/** Page names and their text. */
export async function pages(): Promise<Readonly<Record<string, string>>> {
  const types = readPublicTypes();
  const made: Record<string, string> = {};
  const components = types.names.map((name) => types.component(name));
  for (const component of components) {
    const program = PROGRAMS[component.name];
    if (!program) throw new Error(`componentPages/programs.ts has no program for ${component.name}`);
    const resources = await readResources(program);
    made[`${component.name}.md`] = page(component, resources, program.example);
  }
  return { "README.md": overview(components), ...made };
}

/** Pages that lie in the folder, as they are. */
export function writtenPages(): Readonly<Record<string, string>> {
  const files = existsSync(PAGES) ? readdirSync(PAGES) : [];
  return Object.fromEntries(files.map((file) => [file, readFileSync(path.join(PAGES, file), "utf8")]));
}

export async function writePages(): Promise<void> {
  mkdirSync(PAGES, { recursive: true });
  for (const [file, text] of Object.entries(await pages())) writeFileSync(path.join(PAGES, file), text);
}

function overview(components: readonly ComponentTypes[]): string {
  const lines = components.map(({ name, text }) => `| [${name}](${name}.md) | ${cell(text)} |`);
  return joined([
    MADE,
    "# Components",
    "A page for each component: arguments, outputs, the resources and permissions that it declares, and its cost.",
    ["| component | declares |", "|---|---|", ...lines].join("\n"),
    "Names begin with the component's own: a page shows it as `<name>`. Resources get their physical names from Pulumi (the " +
      "logical name and a random suffix), unless the page of the component has another rule.",
  ]);
}

function page(component: ComponentTypes, resources: ComponentResources, example: string): string {
  const { name, text, args, types, outputs, nodes, methods } = component;
  const file = name.charAt(0).toLowerCase() + name.slice(1);
  return joined([
    MADE,
    `# ${name}`,
    text,
    `\`\`\`ts\nimport { ${name} } from "streamlake";\nimport { ${name} } from "streamlake/components/${file}"; // the same class, alone\n\`\`\``,
    `[Arguments](#arguments) · [outputs](#outputs) · [resources](#resources) · [permissions](#permissions) · [cost](#cost)`,
    "## Example",
    `\`examples/${example}.ts\`:`,
    `\`\`\`ts\n${readFileSync(path.join(ROOT, "examples", `${example}.ts`), "utf8").trimEnd()}\n\`\`\``,
    "## Arguments",
    args.text,
    memberList(args.members ?? []),
    ...(types.length > 0 ? ["### Types of arguments", ...types.flatMap(typeSection)] : []),
    "## Outputs",
    memberList(outputs),
    "`nodes` holds the raw resources:",
    memberList(nodes),
    ...(methods.length > 0 ? ["## Methods", methodList(methods, resources)] : []),
    "## Resources",
    resourceTable(resources),
    "## Permissions",
    ...permissionSections(resources),
    "## Cost",
    costSection(name),
  ]);
}

function joined(parts: readonly string[]): string {
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

function memberList(members: readonly Member[]): string {
  return members.map(memberLine).join("\n");
}

function memberLine({ name, type, required, text, defaultText, examples }: Member): string {
  const presence = required || defaultText !== undefined ? "" : ", optional";
  const parts = [
    oneLine(text),
    defaultText === undefined ? "" : `*Default:* ${sentence(valueIn(defaultText))}`,
    ...examples.map((example) => `*Example:* ${codeSpan(oneLine(example))}`),
  ].filter((part) => part !== "");
  return `* **\`${name}\`** (${typeLink(type)}${presence})${parts.length > 0 ? `: ${parts.join(" ")}` : ""}`;
}

/** A component has a page of its own. */
function typeLink(type: string): string {
  return PROGRAMS[type] ? `[\`${type}\`](${type}.md)` : (ELSEWHERE[type] ?? codeSpan(type));
}

const ELSEWHERE: Readonly<Record<string, string>> = {
  FormatsConfig: "[`FormatsConfig`](../formats/README.md)",
};

function codeSpan(text: string): string {
  return text.includes("`") ? `\`\` ${text} \`\`` : `\`${text}\``;
}

/** `` `defaults.table` ("records") `` names the place of a value; the page needs the value alone. */
function valueIn(text: string): string {
  return oneLine(text)
    .replace(/`defaults\.[^`]+` \(([^)]+)\)/g, "$1")
    .replace(/^none: /, "none; ");
}

function listText(parts: readonly (string | undefined)[]): string {
  return parts.length < 2 ? String(parts[0]) : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, " ").trim();
}

function cell(text: string): string {
  return oneLine(text).replaceAll("|", "\\|");
}

function typeSection({ name, text, members, source }: NamedType): string[] {
  return [
    `#### ${name}`,
    oneLine(text),
    members ? memberList(members) : "",
    source ? `\`\`\`ts\n${source}\n\`\`\`` : "",
  ];
}

function methodList(methods: readonly Member[], { access }: ComponentResources): string {
  return methods
    .map(({ name, type, text }) => {
      const actions = (access[name] ?? []).flatMap((line) => line.actions).map((action) => `\`${action}\``);
      const given = actions.length > 0 ? ` Actions: ${actions.join(", ")}.` : "";
      return `* **\`${name}\`** ${codeSpan(type.replace(/\s+/g, " "))}${text === "" ? "" : `: ${oneLine(text)}`}${given}`;
    })
    .join("\n");
}

function resourceTable({ resources }: ComponentResources): string {
  const lines = resources.map(({ type, name, when }) => `| \`${name}\` | \`${type}\` | ${whenText(when)} |`);
  return ["| logical name | type | declared |", "|---|---|---|", ...lines].join("\n");
}

function whenText(when: When): string {
  return when.length === 0 ? "always" : when.join(", ");
}

function permissionSections({ roles }: ComponentResources): string[] {
  if (Object.keys(roles).length === 0) return ["The component declares no role."];
  const others = [...new Set(JSON.stringify(roles).match(OTHERS))].sort().map((name) => OTHER_NAMES[name]);
  const whose = others.length > 0 ? `In these tables, ${listText(others)}.` : "";
  return [whose, ...Object.entries(roles).flatMap(roleSection)];
}

/** Physical names of the resources that `programs.ts` declares beside the component. */
const OTHERS = /stream-stream|lake-lake|router-router/g;
const OTHER_NAMES: Readonly<Record<string, string>> = {
  "lake-lake": "`lake-` begins the names of the `DataLake`",
  "router-router": "`router-` those of the `FormatRouter`",
  "stream-stream": "`stream-` those of the `StreamIngest`",
};

function roleSection([role, lines]: [string, readonly PermissionLine[]]): string[] {
  return [
    `\`${role}\`:`,
    ["| actions | resources | granted |", "|---|---|---|", ...lines.map(permissionLine)].join("\n"),
  ];
}

function permissionLine({ actions, resources, condition, when }: PermissionLine): string {
  const codes = (texts: readonly string[]) => texts.map((text) => `\`${text}\``).join("<br>");
  const limited = condition === undefined ? "" : `<br>if \`${condition}\``;
  return `| ${codes(actions)} | ${codes(resources)}${limited} | ${whenText(when)} |`;
}

/** The lines of the table of costs that name the component. */
function costSection(name: string): string {
  const guide = readFileSync(path.join(ROOT, "docs/guides/costs.md"), "utf8");
  const rows = guide.split("\n").filter((line) => /^\| [^|]*`\w+`/.test(line));
  const own = rows.filter((row) => row.split("|")[1]?.includes(`\`${name}\``));
  if (own.length === 0) throw new Error(`docs/guides/costs.md has no line for ${name}`);
  const lines = own.map((row) => `|${row.split("|").slice(2).join("|")}`);
  return [
    "In us-east-1, from [costs](../guides/costs.md):\n",
    "| part | cost | price |",
    "|---|---|---|",
    ...lines,
  ].join("\n");
}
