/** Formats an estimate for people: a table by component, what is open, and which prices are to be checked. */
import { type TextTableOptions, textTable } from "../terminal/textTable";
import { byteCount, counted } from "../terminal/wording";
import type { CostLine, Estimate } from "./estimate";
import type { Traffic } from "./model";
import { PRICES } from "./prices";

const AT_LEAST = "≥ ";
const NOT_READ = " *";

export function costText(estimate: Estimate, stack: string, table: TextTableOptions): string {
  const { region, pricedRegion, pricedOn, traffic, lines, open, total, unconfirmed } = estimate;
  const rows = lines.map((line) => [
    line.component,
    `${line.part}${isUnread(line) ? NOT_READ : ""}`,
    ...amounts(line),
    line.basis,
  ]);
  const headings = ["component", "part", "fixed", "per million", "month", "basis"];
  const where = region === pricedRegion ? "" : `; the stack is in ${region}, whose prices differ`;
  return [
    `A month of the stack ${stack}, in US dollars`,
    trafficText(traffic),
    `Prices of ${pricedRegion} on ${pricedOn}, without free tiers and discounts${where}`,
    "",
    ...textTable(headings, [...rows, ["total", "", ...amounts(total), ""]], table),
    ...(open.length === 0 ? [] : ["", "Open, and not in the total:"]),
    ...open.map(({ component, part, open: why, rates }) => {
      const price = rates.length === 0 ? "" : ` (${rates.join("; ")})`;
      return `  ${component}, ${part}: ${why}${price}`;
    }),
    ...(unconfirmed.length === 0 ? [] : ["", "* No readable page showed these prices; check them:"]),
    ...unconfirmed.map(({ price, source }) => `  ${price}: ${source}`),
    "",
  ].join("\n");
}

function trafficText({ recordsPerDay, recordBytes, activeHours }: Traffic): string {
  const hours = activeHours === 24 ? "" : ` in ${activeHours} hours`;
  const records = recordsPerDay === undefined ? "Records" : `${counted(recordsPerDay)} records`;
  const rate = recordsPerDay === undefined ? "; --records-per-day gives their number" : ` a day${hours} to each stream`;
  return `${records} of ${byteCount(recordBytes)}${rate}`;
}

function isUnread({ prices }: CostLine): boolean {
  return prices.some((name) => !("readAt" in PRICES[name]));
}

type Amounts = Pick<CostLine, "fixedUsd" | "perMillionUsd" | "monthUsd" | "atLeast">;

function amounts({ fixedUsd, perMillionUsd, monthUsd, atLeast }: Amounts): string[] {
  const shown = (usd: number | undefined, otherwise: string) =>
    usd === undefined ? otherwise : `${atLeast ? AT_LEAST : ""}${dollars(usd)}`;
  return [shown(fixedUsd, ""), shown(perMillionUsd, ""), shown(monthUsd, "open")];
}

/** Cents, and `< 0.01` for less than one: a small amount is not zero. */
function dollars(usd: number): string {
  if (usd > 0 && usd < 0.01) return "< 0.01";
  return new Intl.NumberFormat("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 }).format(usd);
}
