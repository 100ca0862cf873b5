/** The data flow as a drawing with live counts on its edges, and as a table. */
import { useMemo } from "preact/hooks";
import { isFile } from "../client";
import { type Column, DataTable } from "../parts/dataTable";
import { byteCount, counted, counting } from "../parts/format";
import { type PlacedNode, type Placement, placeNodes } from "../parts/placeNodes";
import { useWidth } from "../parts/useWidth";
import type { FlowEdge, FlowNode, Live, Overview } from "../wire";

export interface FlowPageProps {
  readonly overview: Overview;
  readonly live: Live | undefined;
}

export function FlowPage({ overview: { flow, files, endpoint }, live }: FlowPageProps) {
  const { place, width } = useWidth();
  const placement = useMemo(() => placeNodes(flow, Math.max(width, 280)), [flow, width]);
  const titles = new Map(flow.nodes.map(({ id, title }) => [id, title]));
  const columns: Column<FlowEdge>[] = [
    { title: "From", value: ({ from }) => titles.get(from) ?? "" },
    { title: "To", value: ({ to }) => titles.get(to) ?? "" },
    { title: "Carries", value: ({ unit }) => unit },
    {
      title: "Total",
      isNumber: true,
      value: (edge) => total(edge, live) ?? null,
      cell: (edge) => totalText(edge, live),
    },
    {
      title: "Per second",
      isNumber: true,
      value: (edge) => rate(edge, live),
      cell: (edge) => counted(rate(edge, live)),
    },
  ];
  return (
    <>
      <div ref={place} class="flow">
        {width > 0 && (
          // biome-ignore lint/a11y/useSemanticElements: a drawing with links in it is a group
          <svg width={placement.width} height={placement.height + 4} role="group" aria-label="Data flow of the program">
            {flow.edges.map((edge) => (
              <Edge key={`${edge.from} ${edge.to} ${edge.counter}`} edge={edge} placement={placement} live={live} />
            ))}
            {placement.nodes.map((node) => (
              <Node
                key={node.id}
                node={isFile && node.page === "records" ? { ...node, page: "health" } : node}
                facts={factsOf(node, live)}
              />
            ))}
          </svg>
        )}
      </div>
      {live && live.failedBatches > 0 && (
        <p class="bad">
          {counting(live.failedBatches, "batch was", "batches were")} discarded; see Health for the logs
        </p>
      )}
      <h2>Counts</h2>
      <DataTable caption="Records and rows between components" columns={columns} rows={flow.edges} />
      {!isFile && (
        <p class="faint">
          {endpoint === undefined ? "The run is over." : `AWS clients reach it at ${endpoint}.`} Its files:{" "}
          <code>{files}</code>
        </p>
      )}
    </>
  );
}

function Node({ node, facts }: { readonly node: PlacedNode; readonly facts: readonly string[] }) {
  const { x, y, width, height, title, kind, page } = node;
  const most = Math.floor((width - 20) / 8.2);
  return (
    <a href={`#/${page}`} aria-label={`${[title, kind, ...facts].join(", ")}; opens ${page}`} class="node">
      <rect x={x + 1} y={y + 1} width={width - 2} height={height} rx="8" />
      <text x={x + 12} y={y + 24} class="title">
        {short(title, most)}
      </text>
      {(facts.length > 0 ? facts : [kind]).map((text, index) => (
        <text key={index} x={x + 12} y={y + 41 + index * 16} class="kind">
          {short(text, Math.floor((width - 20) / 6.9))}
        </text>
      ))}
    </a>
  );
}

interface EdgeProps {
  readonly edge: FlowEdge;
  readonly placement: Placement;
  readonly live: Live | undefined;
}

function Edge({ edge, placement: { nodes, isWide }, live }: EdgeProps) {
  const from = nodes.find(({ id }) => id === edge.from);
  const to = nodes.find(({ id }) => id === edge.to);
  if (!from || !to) return null;
  const isMoving = rate(edge, live) > 0;
  const [x0, y0] = isWide
    ? [from.x + from.width, from.y + from.height / 2]
    : [from.x + from.width / 2, from.y + from.height];
  const [x1, y1] = isWide ? [to.x, to.y + to.height / 2] : [to.x + to.width / 2, to.y];
  const [bx, by] = isWide ? [(x1 - x0) / 2, 0] : [0, (y1 - y0) / 2];
  const text = edge.counter === undefined ? "" : totalText(edge, live);
  const [mx, my] = isWide ? [(x0 + x1) / 2, (y0 + y1) / 2 - 6] : [(x0 + x1) / 2 + 6, (y0 + y1) / 2 + 4];
  return (
    <g class={isMoving ? "edge moving" : "edge"}>
      <path d={`M${x0},${y0} C${x0 + bx},${y0 + by} ${x1 - bx},${y1 - by} ${x1},${y1}`} />
      <circle cx={x1} cy={y1} r="3.5" />
      <text x={mx} y={my} text-anchor={isWide ? "middle" : "start"}>
        {text}
      </text>
      {isMoving && isWide && (
        <text x={mx} y={my + 20} text-anchor="middle" class="rate">
          {`${counted(rate(edge, live))}/s`}
        </text>
      )}
    </g>
  );
}

function total({ counter }: FlowEdge, live: Live | undefined): number | undefined {
  if (counter === undefined || !live) return undefined;
  return live.counts[counter] ?? 0;
}

function totalText(edge: FlowEdge, live: Live | undefined): string {
  const count = total(edge, live);
  return count === undefined ? "not counted" : counted(count);
}

function rate({ counter }: FlowEdge, live: Live | undefined): number {
  return live?.perSecond[counter ?? ""] ?? 0;
}

function factsOf({ stream }: FlowNode, live: Live | undefined): string[] {
  if (stream === undefined || !live) return [];
  const waiting = live.waitingBytes[stream] ?? 0;
  const records = counting(live.counts[`stream:${stream}`] ?? 0, "record");
  return waiting > 0 ? [records, `${byteCount(waiting)} waiting`] : [records];
}

function short(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, Math.max(1, most - 1))}…` : text;
}
