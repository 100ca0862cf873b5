/** Draws values by place and series as cells, the darker or lighter the higher the value, each with its number. */
import { counted } from "./format";
import type { PlotData } from "./plotData";
import { useWidth } from "./useWidth";

const CELL_HEIGHT = 24;
const HEADING_WIDTH = 110;
const AXIS_HEIGHT = 22;
/** Pixels of a label on the axis. */
const LABEL_WIDTH = 90;
/** A cell with the lowest value differs from one without. */
const MIN_OPACITY = 0.08;

/** @param label for screen readers */
export function HeatMap({ label, places, series }: PlotData & { readonly label: string }) {
  const { place, width } = useWidth();
  const values = series.flatMap((one) => one.values.filter((value) => value !== null));
  const [min, max] = values.reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)], [0, 0]);
  const cell = Math.max(2, (width - HEADING_WIDTH) / Math.max(1, places.length));
  const step = Math.max(1, Math.ceil(LABEL_WIDTH / cell));
  const bottom = series.length * CELL_HEIGHT;
  return (
    <figure class="chart">
      <div ref={place} class="heat">
        {width > 0 && (
          <svg
            width={Math.max(width, HEADING_WIDTH + cell * places.length)}
            height={bottom + AXIS_HEIGHT}
            role="img"
            aria-label={label}
          >
            {series.map(({ name, values }, row) => (
              <g key={name}>
                <text x={0} y={row * CELL_HEIGHT + 16}>
                  {short(name, 15)}
                </text>
                {values.map(
                  (value, column) =>
                    value !== null && (
                      <rect
                        key={column}
                        class="cell"
                        x={HEADING_WIDTH + column * cell}
                        y={row * CELL_HEIGHT + 1}
                        width={Math.max(1, cell - 1)}
                        height={CELL_HEIGHT - 2}
                        fill-opacity={opacityOf(value, min, max)}
                      >
                        <title>{`${name}, ${places[column]}: ${counted(value)}`}</title>
                      </rect>
                    ),
                )}
              </g>
            ))}
            {places.map(
              (text, column) =>
                column % step === 0 && (
                  <text key={column} x={HEADING_WIDTH + column * cell} y={bottom + 16}>
                    {short(text, 13)}
                  </text>
                ),
            )}
          </svg>
        )}
      </div>
      <figcaption>
        <svg width="80" height="12" aria-hidden="true">
          {[0, 1, 2, 3, 4].map((index) => (
            <rect
              key={index}
              class="cell"
              x={index * 16}
              width="16"
              height="12"
              fill-opacity={opacityOf(index, 0, 4)}
            />
          ))}
        </svg>
        {counted(min)} to {counted(max)}
      </figcaption>
    </figure>
  );
}

function opacityOf(value: number, min: number, max: number): number {
  const share = max === min ? 1 : (value - min) / (max - min);
  return Math.round((MIN_OPACITY + (1 - MIN_OPACITY) * share) * 1000) / 1000;
}

function short(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}
