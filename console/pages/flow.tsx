/** The data flow as a drawing with live counts on its edges, and as a table. */
import { useMemo } from "preact/hooks";
import { isFile } from "../client";
import { type Column, DataTable } from "../parts/dataTable";
import { byteCount, counted, counting } from "../parts/format";
import { type Box, type Curve, curveOf, placeLabels } from "../parts/placeLabels";
import { type PlacedNode, placeNodes } from "../parts/placeNodes";
import { useWidth } from "../parts/useWidth";
import type { FlowEdge, FlowNode, Live, Overview } from "../wire";

export interface FlowPageProps {
  readonly overview: Overview;
  readonly live: Live | undefined;
}

export function FlowPage({ overview: { flow, files, endpoint }, live }: FlowPageProps) {
  const { place, width } = useWidth();
  const placement = useMemo(() => placeNodes(flow, Math.max(width, 280)), [flow, width]);
  const labels = flow.edges.map((edge) => labelOf(edge, live));
  const lengths = labels.map(({ length }) => length).join();
  const boxes = useMemo(() => placeLabels(flow.edges, labels, placement), [flow, lengths, placement]);
  const top = Math.min(0, ...boxes.map((box) => box?.y ?? 0));
  const bottom = Math.max(placement.height + 4, ...boxes.map((box) => (box ? box.y + box.height : 0)));
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
          <svg
            width={placement.width}
            height={bottom - top}
            viewBox={`0 ${top} ${placement.width} ${bottom - top}`}
            role="group"
            aria-label="Data flow of the program"
          >
            {flow.edges.map((edge, index) => {
              const curve = curveOf(edge, placement);
              const key = `${edge.from} ${edge.to} ${edge.counter}`;
              const { isWide } = placement;
              return (
                curve && <Edge key={key} edge={edge} curve={curve} box={boxes[index]} isWide={isWide} live={live} />
              );
            })}
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
  readonly curve: Curve;
  /** Absent for an edge without a label. */
  readonly box: Box | undefined;
  readonly isWide: boolean;
  readonly live: Live | undefined;
}

function Edge({ edge, curve: { path, end }, box, isWide, live }: EdgeProps) {
  const isMoving = rate(edge, live) > 0;
  const middle = box && { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  return (
    <g class={isMoving ? "edge moving" : "edge"}>
      <path d={path} />
      <circle cx={end.x} cy={end.y} r="3.5" />
      {middle && (
        <text x={middle.x} y={middle.y + (isWide ? -6 : 5)} text-anchor="middle">
          {labelOf(edge, live)}
        </text>
      )}
      {middle && isMoving && isWide && (
        <text x={middle.x} y={middle.y + 14} text-anchor="middle" class="rate">
          {`${counted(rate(edge, live))}/s`}
        </text>
      )}
    </g>
  );
}

function labelOf(edge: FlowEdge, live: Live | undefined): string {
  return edge.counter === undefined ? "" : totalText(edge, live);
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
