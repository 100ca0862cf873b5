import { placeNodes } from "../../../console/parts/placeNodes";
import type { Flow } from "../../../console/wire";

const flowOf = (...pairs: [string, string][]): Flow => ({
  nodes: [...new Set(pairs.flat())].map((id) => ({ id, title: id, kind: "Part", page: "flow" })),
  edges: pairs.map(([from, to]) => ({ from, to, unit: "records" })),
});
const ROUTED = flowOf(["stream", "router"], ["router", "lake"], ["router", "unformatted"], ["lake", "etl"]);

test("layers follow each other from left to right where there is room", () => {
  const { nodes, isWide, height } = placeNodes(ROUTED, 1200);
  expect([isWide, height]).toEqual([true, 152]);
  const columns = [...new Set(nodes.map(({ x }) => x))].sort((a, b) => a - b);
  expect(nodes.map(({ id, x }) => [id, columns.indexOf(x)])).toEqual([
    ["stream", 0],
    ["router", 1],
    ["lake", 2],
    ["unformatted", 2],
    ["etl", 3],
  ]);
  for (const { x, width } of nodes) expect(x + width).toBeLessThanOrEqual(1200);
});

test("layers follow each other from top to bottom on a telephone, and nothing is wider than it", () => {
  const { nodes, isWide } = placeNodes(ROUTED, 366);
  expect(isWide).toBe(false);
  expect(nodes.map(({ y }) => y)).toEqual([0, 112, 224, 224, 336]);
  for (const { x, width } of nodes) {
    expect(x).toBeGreaterThanOrEqual(0);
    expect(x + width).toBeLessThanOrEqual(366);
  }
});

test("a circle is drawn", () => {
  const { nodes } = placeNodes(flowOf(["a", "b"], ["b", "a"]), 800);
  expect(nodes.map(({ id }) => id).sort()).toEqual(["a", "b"]);
});
