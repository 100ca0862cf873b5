/** Places the labels of a data flow's edges, so that none covers another one or a node. */
import type { FlowEdge } from "../wire";
import type { PlacedNode, Placement } from "./placeNodes";

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Curve {
  readonly path: string;
  /** The point at a share of the way, from 0 to 1. */
  at(share: number): { readonly x: number; readonly y: number };
  readonly end: { readonly x: number; readonly y: number };
}

const CHARACTER_WIDTH = 8;
/** A label keeps its place while its count grows by some digits; where there is room, it has the rate too. */
const MIN_CHARACTERS = { wide: 9, narrow: 4 };
/** The total above an edge, and the rate below it. */
const WIDE_HEIGHT = 36;
const NARROW_HEIGHT = 18;
/** Shares of the way that are tried, the middle first. */
const SHARES = [0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8];
/** Pixels beside the edge that are as good as its end instead of its middle. */
const SHARE_COST = 60;
const STEP = 8;

export function curveOf({ from, to }: FlowEdge, { nodes, isWide }: Placement): Curve | undefined {
  const [source, target] = [from, to].map((id) => nodes.find((node) => node.id === id));
  if (!source || !target) return undefined;
  const [x0, y0, x3, y3] = isWide
    ? [source.x + source.width, source.y + source.height / 2, target.x, target.y + target.height / 2]
    : [source.x + source.width / 2, source.y + source.height, target.x + target.width / 2, target.y];
  const [bx, by] = isWide ? [(x3 - x0) / 2, 0] : [0, (y3 - y0) / 2];
  const along = (share: number, points: readonly [number, number, number, number]) => {
    const rest = 1 - share;
    const [a, b, c, d] = points;
    return rest ** 3 * a + 3 * rest ** 2 * share * b + 3 * rest * share ** 2 * c + share ** 3 * d;
  };
  return {
    path: `M${x0},${y0} C${x0 + bx},${y0 + by} ${x3 - bx},${y3 - by} ${x3},${y3}`,
    at: (share) => ({
      x: along(share, [x0, x0 + bx, x3 - bx, x3]),
      y: along(share, [y0, y0 + by, y3 - by, y3]),
    }),
    end: { x: x3, y: y3 },
  };
}

/**
 * The box of each label around its place on the edge, or beside it where that is taken.
 *
 * @param texts the label of each edge; an empty one has no box
 */
export function placeLabels(
  edges: readonly FlowEdge[],
  texts: readonly string[],
  placement: Placement,
): (Box | undefined)[] {
  const taken: Box[] = [];
  return edges.map((edge, index) => {
    const curve = curveOf(edge, placement);
    const text = texts[index] ?? "";
    if (!curve || text === "") return undefined;
    const [least, height] = placement.isWide
      ? [MIN_CHARACTERS.wide, WIDE_HEIGHT]
      : [MIN_CHARACTERS.narrow, NARROW_HEIGHT];
    const width = Math.max(least, text.length) * CHARACTER_WIDTH;
    const box = freeBox(curve, { width, height }, placement, taken);
    taken.push(box);
    return box;
  });
}

function freeBox(
  curve: Curve,
  { width, height }: Pick<Box, "width" | "height">,
  placement: Placement,
  taken: readonly Box[],
): Box {
  const isFree = (box: Box) => ![...placement.nodes, ...taken].some((other) => overlaps(box, other));
  // The places nearest to the middle of the edge first; somewhere above the highest box is always room.
  for (let reach = 0; ; reach = Math.max(STEP, reach * 2)) {
    const places = offsets(reach).flatMap(([dx, dy]) =>
      SHARES.map((share) => ({ share, dx, dy, cost: Math.hypot(dx, dy) + Math.abs(share - 0.5) * SHARE_COST })),
    );
    places.sort((one, other) => one.cost - other.cost);
    for (const { share, dx, dy } of places) {
      const { x, y } = curve.at(share);
      const left = Math.min(Math.max(0, x + dx - width / 2), Math.max(0, placement.width - width));
      const box = { x: left, y: y + dy - height / 2, width, height };
      if (isFree(box)) return box;
    }
  }
}

/** Beside the edge, up to so many pixels away in each direction. */
function offsets(reach: number): [number, number][] {
  const count = reach / STEP;
  const steps = Array.from({ length: 2 * count + 1 }, (_, index) => (index - count) * STEP);
  return steps.flatMap((dx) => steps.map((dy): [number, number] => [dx, dy]));
}

export function overlaps(one: Box | PlacedNode, other: Box | PlacedNode): boolean {
  return (
    one.x < other.x + other.width &&
    other.x < one.x + one.width &&
    one.y < other.y + other.height &&
    other.y < one.y + one.height
  );
}
