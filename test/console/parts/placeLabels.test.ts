/** Labels of edges: by geometry, none covers another one or a node. */
import { type Box, curveOf, placeLabels } from "../../../console/parts/placeLabels";
import { placeNodes } from "../../../console/parts/placeNodes";
import type { Flow } from "../../../console/wire";

const flowOf = (pairs: readonly (readonly [string, string])[]): Flow => ({
  nodes: [...new Set(pairs.flat())].map((id) => ({ id, title: id, kind: "Part", page: "flow" })),
  edges: pairs.map(([from, to]) => ({ from, to, unit: "records", counter: `${from}:${to}` })),
});

/** Two consumers of two streams each, whose edges cross. */
const CROSSED = flowOf([
  ["web", "totals"],
  ["web", "router"],
  ["shop", "totals"],
  ["shop", "router"],
  ["router", "lake"],
  ["router", "unformatted"],
  ["totals", "view"],
  ["delivery", "lake"],
  ["delivery", "failed"],
]);

function coverings(flow: Flow, width: number, texts: readonly string[]): string[] {
  const placement = placeNodes(flow, width);
  const boxes = placeLabels(flow.edges, texts, placement);
  const named = [
    ...boxes.flatMap((box, index): [string, Box][] => (box ? [[`label ${index}`, box]] : [])),
    ...placement.nodes.map((node): [string, Box] => [node.id, node]),
  ];
  const found: string[] = [];
  for (const [at, [name, one]] of named.entries()) {
    if (one.x < 0 || one.x + one.width > width + 0.001) found.push(`${name} is outside`);
    for (const [other, box] of named.slice(at + 1)) {
      const isBeside = one.x + one.width <= box.x || box.x + box.width <= one.x;
      const isAbove = one.y + one.height <= box.y || box.y + box.height <= one.y;
      if (!isBeside && !isAbove && name.startsWith("label")) found.push(`${name} covers ${other}`);
    }
  }
  return found;
}

test.each([1240, 1000, 366])("labels of crossing edges do not cover each other at %d pixels", (width) => {
  const texts = CROSSED.edges.map((_, index) => ["989", "0", "1,234,567", "not counted"][index % 4] as string);
  expect(coverings(CROSSED, width, texts)).toEqual([]);
});

test("no label of many flows covers another one or a node", () => {
  let seed = 7;
  const random = (below: number) => {
    seed = (seed * 16_807) % 2_147_483_647;
    return seed % below;
  };
  for (let turn = 0; turn < 300; turn++) {
    const pairs = Array.from({ length: 1 + random(14) }, (): [string, string] => {
      const from = random(9);
      return [`n${from}`, `n${from + 1 + random(4)}`];
    });
    const flow = flowOf(pairs);
    const texts = flow.edges.map(() => String(10 ** random(10)));
    expect([turn, coverings(flow, [366, 900, 1240][turn % 3] as number, texts)]).toEqual([turn, []]);
  }
});

/** The program of examples/retail. */
const RETAIL = flowOf([
  ["transactions", "router"],
  ["transactions", "customers-fold"],
  ["api", "transactions"],
  ["router", "lake"],
  ["customers-fold", "customers"],
  ["transactions", "sales"],
  ["sales", "lake"],
  ["sales", "failed"],
  ["lake", "hourly"],
  ["hourly", "tables"],
  ["router", "unformatted"],
]);

test.each([1240, 366])(
  "each label of the retail program stands between the nodes of its edge at %d pixels",
  (width) => {
    const texts = ["989", "989", "989", "989", "989", "989", "989", "0", "", "1,978", "0"];
    const placement = placeNodes(RETAIL, width);
    expect(coverings(RETAIL, width, texts)).toEqual([]);
    for (const [index, box] of placeLabels(RETAIL.edges, texts, placement).entries()) {
      const { from, to } = RETAIL.edges[index] as Flow["edges"][number];
      const [source, target] = [from, to].map((id) => placement.nodes.find((node) => node.id === id));
      if (!box || !source || !target) continue;
      const [start, middle, end] = placement.isWide
        ? [source.x + source.width, box.x + box.width / 2, target.x]
        : [source.y + source.height, box.y + box.height / 2, target.y];
      expect([from, to, start < middle, middle < end]).toEqual([from, to, true, true]);
    }
  },
);

test("a label that nothing is in the way of stands in the middle of its edge, whatever its count", () => {
  const flow = flowOf([["stream", "router"]]);
  const placement = placeNodes(flow, 1000);
  const { x, y } = curveOf(flow.edges[0] as Flow["edges"][number], placement)?.at(0.5) ?? { x: 0, y: 0 };
  for (const text of ["7", "1,234"]) {
    const [box] = placeLabels(flow.edges, [text], placement);
    expect([box && box.x + box.width / 2, box && box.y + box.height / 2]).toEqual([x, y]);
  }
});

test("an edge without a label has no box", () => {
  const flow = flowOf([["lake", "etl"]]);
  expect(placeLabels(flow.edges, [""], placeNodes(flow, 1000))).toEqual([undefined]);
});
