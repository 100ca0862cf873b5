/** Draws series as bars, lines or points with uPlot, in the colours of the page. */
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";

export interface ChartProps {
  /** For screen readers. */
  readonly label: string;
  readonly kind: "bar" | "line" | "scatter";
  /** The label of each place on the axis; empty for an axis of numbers. */
  readonly places: readonly string[];
  readonly series: readonly { readonly name: string; readonly values: readonly (number | null)[] }[];
  /** The position of each value on the axis, ascending: a number of its own, or the number of a place. @default its place */
  readonly positions?: readonly number[];
}

const HEIGHT = 260;
/** Pixels of the widest bar. */
const MAX_BAR = 72;
/** Pixels of a label on the axis. */
const LABEL_WIDTH = 90;

export function Chart({ label, kind, places, series, positions }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const target = place.current;
    if (!target) return undefined;
    let plot: uPlot | undefined;
    const draw = () => {
      plot?.destroy();
      const xs = positions ?? places.map((_, index) => index);
      const data: uPlot.AlignedData = [[...xs], ...series.map(({ values }) => [...values])];
      plot = new uPlot(optionsOf({ kind, places, series, xs }, target.clientWidth), data, target);
    };
    const resized = new ResizeObserver(draw);
    resized.observe(target);
    const dark = matchMedia("(prefers-color-scheme: dark)");
    dark.addEventListener("change", draw);
    return () => {
      resized.disconnect();
      dark.removeEventListener("change", draw);
      plot?.destroy();
    };
  }, [kind, places, series, positions]);
  return (
    <figure class="chart">
      <div ref={place} role="img" aria-label={label} />
      <figcaption>
        {series.map(({ name }, index) => (
          <span key={name} class={`key colour${index % COLOURS}`}>
            {name}
          </span>
        ))}
      </figcaption>
    </figure>
  );
}

const COLOURS = 6;

interface Plotted extends Pick<ChartProps, "kind" | "places" | "series"> {
  readonly xs: readonly number[];
}

function optionsOf({ kind, places, series, xs }: Plotted, width: number): uPlot.Options {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const axis = { stroke: colour("--text"), grid: { stroke: colour("--line"), width: 1 }, ticks: { show: false } };
  const count = series.length;
  const group = Math.min(0.8, (MAX_BAR * count * places.length) / Math.max(1, width));
  return {
    width,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: false, range: () => rangeOf(places, xs) },
      // Lengths of bars are compared from 0, points with each other.
      y:
        kind === "scatter"
          ? {}
          : { range: (_, min, max) => [Math.min(0, min ?? 0), (max ?? 0) > 0 ? (max ?? 0) * 1.08 : 1] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        ...(places.length > 0 && {
          splits: () => labelledPlaces(places.length, width),
          values: (_: uPlot, splits: number[]) => splits.map((split) => short(places[split] ?? "")),
        }),
      },
      { ...axis, size: 64 },
    ],
    series: [
      {},
      ...series.map(({ name }, index): uPlot.Series => {
        const stroke = colour(`--colour${index % COLOURS}`);
        if (kind === "scatter") {
          return { label: name, stroke, paths: () => null, points: { show: true, space: 0, size: 6, fill: stroke } };
        }
        const bars = uPlot.paths.bars?.({
          size: [group / count, Number.POSITIVE_INFINITY],
          align: 1,
          disp: {
            x0: { unit: 1, values: (_, __, from, to) => offsets(from, to, (index - count / 2) * (group / count)) },
            size: { unit: 1, values: (_, __, from, to) => sizes(from, to, (group * 0.94) / count) },
          },
        });
        return kind === "bar"
          ? { label: name, stroke, fill: stroke, ...(bars && { paths: bars }), points: { show: false } }
          : { label: name, stroke, width: 2, points: { show: places.length < 60 } };
      }),
    ],
  };
}

function offsets(from: number, to: number, shift: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index + shift);
}

function sizes(from: number, to: number, size: number): number[] {
  return Array.from({ length: to - from + 1 }, () => size);
}

function rangeOf(places: readonly string[], xs: readonly number[]): [number, number] {
  if (places.length > 0) return [-0.5, places.length - 0.5];
  const [first = 0, last = 1] = [xs[0], xs.at(-1)];
  const margin = (last - first) * 0.03 || 0.5;
  return [first - margin, last + margin];
}

function labelledPlaces(count: number, width: number): number[] {
  const step = Math.max(1, Math.ceil((count * LABEL_WIDTH) / Math.max(1, width)));
  return Array.from({ length: Math.ceil(count / step) }, (_, index) => index * step);
}

function short(text: string): string {
  return text.length > 14 ? `${text.slice(0, 13)}…` : text;
}
