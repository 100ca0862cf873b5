/** Draws the program as a tree of components, with a count for each resource type. */
import { counting } from "../terminal/wording";
import { wrapped } from "../terminal/wrapped";

/** A component, or a resource that the simulated cloud provisioned. */
export interface TopologyResource {
  readonly urn: string;
  /** `aws:s3/bucket:Bucket`, or a component's `streamlake:index:DataLake`. */
  readonly type: string;
  /** The logical name. */
  readonly name: string;
  /** The parent's URN; absent at the root. */
  readonly parent?: string;
  /** The provider's id; empty for a component, which groups others. */
  readonly id: string;
  /** True when the cloud simulates its behaviour; false when it is only declared. */
  readonly simulated: boolean;
}

interface Node {
  readonly title: string;
  /** `s3 Bucket ×3` */
  readonly kinds: readonly string[];
  readonly children: readonly Node[];
}

/** @param width of the terminal, in characters */
export function topology(resources: readonly TopologyResource[], width: number): string[] {
  const declared = resources.filter(({ type }) => type !== "pulumi:pulumi:Stack");
  const known = new Set(declared.map(({ urn }) => urn));
  const root = nodeOf("", declared, ({ parent }) => parent === undefined || !known.has(parent));
  const components = declared.filter(isComponent).length;
  const lines = [`${counting(components, "component")}, ${counting(declared.length - components, "resource")}`];
  if (root.kinds.length > 0) lines.push(...wrapped(root.kinds, "   ", width));
  return [...lines, ...branches(root.children, "", width)];
}

function nodeOf(
  title: string,
  all: readonly TopologyResource[],
  isChild: (resource: TopologyResource) => boolean,
): Node {
  const children = all.filter(isChild);
  return {
    title,
    kinds: countKinds(children.filter((child) => !isComponent(child))),
    children: children
      .filter(isComponent)
      .map(({ type, name, urn }) => nodeOf(`${type.split(":").at(-1)} ${name}`, all, ({ parent }) => parent === urn)),
  };
}

function isComponent({ id }: TopologyResource): boolean {
  return id === "";
}

function countKinds(resources: readonly TopologyResource[]): string[] {
  const counts = new Map<string, number>();
  for (const { type, simulated } of resources) {
    const kind = `${kindOf(type)}${simulated ? "" : " (declared only)"}`;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return [...counts].map(([kind, count]) => (count === 1 ? kind : `${kind} ×${count}`));
}

/** `aws:s3/bucket:Bucket` is `s3 Bucket`. */
function kindOf(type: string): string {
  const [, module = "", name = ""] = type.split(":");
  return `${module.split("/")[0]} ${name}`;
}

function branches(nodes: readonly Node[], indent: string, width: number): string[] {
  return nodes.flatMap((node, index) => {
    const last = index === nodes.length - 1;
    const below = `${indent}${last ? "   " : "│  "}`;
    const stem = node.children.length > 0 ? "│  " : "   ";
    return [
      `${indent}${last ? "└─ " : "├─ "}${node.title}`,
      ...wrapped(node.kinds, `${below}${stem}`, width),
      ...branches(node.children, below, width),
    ];
  });
}
