/** Draws series as bars or lines with uPlot, in the colours of the page. */
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";

export interface ChartProps {
  /** For screen readers. */
  readonly label: string;
  readonly kind: "bar" | "line";
  /** The label of each place on the axis. */
  readonly places: readonly string[];
  readonly series: readonly { readonly name: string; readonly values: readonly (number | null)[] }[];
}

const HEIGHT = 260;
/** Pixels of the widest bar. */
const MAX_BAR = 72;
/** Pixels of a label on the axis. */
const LABEL_WIDTH = 90;

export function Chart({ label, kind, places, series }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const target = place.current;
    if (!target) return undefined;
    let plot: uPlot | undefined;
    const draw = () => {
      plot?.destroy();
      plot = new uPlot(optionsOf(kind, places, series, target.clientWidth), dataOf(places, series), target);
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
  }, [kind, places, series]);
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

function optionsOf(
  kind: ChartProps["kind"],
  places: readonly string[],
  series: ChartProps["series"],
  width: number,
): uPlot.Options {
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
      x: { time: false, range: () => [-0.5, Math.max(0.5, places.length - 0.5)] },
      y: { range: (_, min, max) => [Math.min(0, min ?? 0), (max ?? 0) > 0 ? (max ?? 0) * 1.08 : 1] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        splits: () => labelledPlaces(places.length, width),
        values: (_, splits) => splits.map((split) => short(places[split] ?? "")),
      },
      { ...axis, size: 64 },
    ],
    series: [
      {},
      ...series.map(({ name }, index): uPlot.Series => {
        const stroke = colour(`--colour${index % COLOURS}`);
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

function dataOf(places: readonly string[], series: ChartProps["series"]): uPlot.AlignedData {
  return [places.map((_, index) => index), ...series.map(({ values }) => [...values])];
}

function labelledPlaces(count: number, width: number): number[] {
  const step = Math.max(1, Math.ceil((count * LABEL_WIDTH) / Math.max(1, width)));
  return Array.from({ length: Math.ceil(count / step) }, (_, index) => index * step);
}

function short(text: string): string {
  return text.length > 14 ? `${text.slice(0, 13)}…` : text;
}
