/** Places the nodes of a data flow: each layer after the layers that it gets records from. */
import type { Flow, FlowNode } from "../wire";

export interface PlacedNode extends FlowNode {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Placement {
  readonly nodes: readonly PlacedNode[];
  readonly width: number;
  readonly height: number;
  /** True if records move from left to right; from top to bottom otherwise. */
  readonly isWide: boolean;
}

const HEIGHT = 64;
const MAX_WIDTH = 190;
const MIN_WIDTH = 130;
/** Between layers; the labels of edges stand there. */
const GAP = 96;
const BESIDE = 24;

export function placeNodes(flow: Flow, available: number): Placement {
  const layers = layersOf(flow);
  const room = (available - GAP * (layers.length - 1)) / layers.length;
  const isWide = room >= MIN_WIDTH;
  const most = Math.max(1, ...layers.map((layer) => layer.length));
  if (isWide) {
    const width = Math.min(MAX_WIDTH, room);
    const gap = layers.length > 1 ? Math.min(2 * GAP, (available - width * layers.length) / (layers.length - 1)) : 0;
    const height = most * (HEIGHT + BESIDE) - BESIDE;
    const nodes = layers.flatMap((layer, at) => {
      const top = (height - (layer.length * (HEIGHT + BESIDE) - BESIDE)) / 2;
      return layer.map((node, index) => ({
        ...node,
        x: at * (width + gap),
        y: top + index * (HEIGHT + BESIDE),
        width,
        height: HEIGHT,
      }));
    });
    return { nodes, width: available, height, isWide };
  }
  const nodes = layers.flatMap((layer, at) => {
    const width = Math.min(MAX_WIDTH, (available - BESIDE * (layer.length - 1)) / layer.length);
    const left = (available - (layer.length * (width + BESIDE) - BESIDE)) / 2;
    return layer.map((node, index) => ({
      ...node,
      x: left + index * (width + BESIDE),
      y: at * (HEIGHT + GAP / 2),
      width,
      height: HEIGHT,
    }));
  });
  return { nodes, width: available, height: layers.length * (HEIGHT + GAP / 2) - GAP / 2, isWide };
}

/** A node is one layer after the last of those before it; a circle ends where it began. */
function layersOf({ nodes, edges }: Flow): FlowNode[][] {
  const depths = new Map<string, number>();
  const depthOf = (id: string, seen: ReadonlySet<string>): number => {
    const known = depths.get(id);
    if (known !== undefined) return known;
    const before = edges.filter((edge) => edge.to === id && !seen.has(edge.from));
    const depth = Math.max(-1, ...before.map((edge) => depthOf(edge.from, new Set([...seen, id])))) + 1;
    depths.set(id, depth);
    return depth;
  };
  const layers: FlowNode[][] = [];
  for (const node of nodes) {
    const depth = depthOf(node.id, new Set([node.id]));
    layers[depth] = [...(layers[depth] ?? []), node];
  }
  return layers.filter((layer) => layer !== undefined);
}
