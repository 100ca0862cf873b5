/** Estimates the cost of a month from the resources that a program declares. */
import type { ProgramResource } from "./declaredProgram";
import { type KnownPart, type OpenPart, Program, type Traffic } from "./model";
import { FREE_TYPES, MODELS } from "./models/byType";
import { PRICED, PRICES, type PriceName, priceText } from "./prices";
import { millionsAMonth } from "./streamRates";

export interface CostLine {
  /** `"StreamIngest ingest"` */
  readonly component: string;
  readonly part: string;
  /** Dollars a month, whatever the traffic. */
  readonly fixedUsd?: number;
  /** Dollars for each million records. */
  readonly perMillionUsd?: number;
  /** Dollars a month; undefined where it depends on traffic that is not given. */
  readonly monthUsd: number | undefined;
  /** True if AWS may charge more. */
  readonly atLeast: boolean;
  readonly basis: string;
  readonly prices: readonly PriceName[];
}

export interface OpenLine {
  readonly component: string;
  readonly part: string;
  readonly open: string;
  /** `"$0.50 per GB of logs"`; empty for a type without a model. */
  readonly rates: readonly string[];
  readonly prices: readonly PriceName[];
}

export interface Estimate {
  readonly region: string;
  readonly pricedRegion: string;
  readonly pricedOn: string;
  readonly traffic: Traffic;
  readonly lines: readonly CostLine[];
  readonly open: readonly OpenLine[];
  /** Sums of the lines. `atLeast` is true while a part is open, or an amount is a minimum. */
  readonly total: {
    readonly fixedUsd: number;
    readonly perMillionUsd: number;
    readonly monthUsd: number | undefined;
    readonly atLeast: boolean;
  };
  /** Prices in use that no readable page showed on the day of the table. */
  readonly unconfirmed: readonly { readonly price: string; readonly source: string }[];
}

/** @param region of the stack */
export function estimate(resources: readonly ProgramResource[], traffic: Traffic, region: string): Estimate {
  const program = new Program(resources);
  const known: (KnownPart & { component: string })[] = [];
  const open: (OpenPart & { component: string })[] = [];
  for (const resource of resources) {
    const { component, type, name } = resource;
    if (FREE_TYPES.includes(type)) continue;
    const model = Object.hasOwn(MODELS, type) ? MODELS[type] : undefined;
    if (!model) {
      open.push({ component, part: name, prices: [], open: `the type ${type} has no model of its cost` });
      continue;
    }
    for (const part of model(resource, program, traffic)) {
      if ("open" in part) open.push({ component, ...part });
      else known.push({ component, ...part });
    }
  }
  const millions = millionsAMonth(traffic);
  const lines = grouped(known).map((parts) => lineOf(parts, millions));
  const openLines = grouped(open).map(openLineOf);
  const used = [...new Set([...lines, ...openLines].flatMap(({ prices }) => prices))];
  const unread = used.filter((name) => !("readAt" in PRICES[name]));
  return {
    region,
    pricedRegion: PRICED.region,
    pricedOn: PRICED.on,
    traffic,
    lines: byComponent(lines),
    open: byComponent(openLines),
    total: {
      fixedUsd: sum(lines.map(({ fixedUsd = 0 }) => fixedUsd)),
      perMillionUsd: sum(lines.map(({ perMillionUsd = 0 }) => perMillionUsd)),
      monthUsd: lines.some(({ monthUsd }) => monthUsd === undefined)
        ? undefined
        : sum(lines.map(({ monthUsd = 0 }) => monthUsd)),
      atLeast: openLines.length > 0 || lines.some(({ atLeast }) => atLeast),
    },
    unconfirmed: unread.map((name) => ({ price: priceText(name), source: PRICES[name].source })),
  };
}

/** Parts of the same name in a component are one line. */
function grouped<P extends { component: string; part: string }>(parts: readonly P[]): [P, ...P[]][] {
  const groups = new Map<string, [P, ...P[]]>();
  for (const part of parts) {
    const key = `${part.component}\n${part.part}`;
    const group = groups.get(key);
    if (group) group.push(part);
    else groups.set(key, [part]);
  }
  return [...groups.values()];
}

function lineOf(parts: [KnownPart & { component: string }, ...KnownPart[]], millions: number | undefined): CostLine {
  const [{ component, part }] = parts;
  const amounts = (name: "fixedUsd" | "perMillionUsd") => parts.flatMap((one) => one[name] ?? []);
  const [fixed, variable] = [amounts("fixedUsd"), amounts("perMillionUsd")];
  const perMillion = sum(variable);
  const month = variable.length === 0 ? 0 : millions === undefined ? undefined : perMillion * millions;
  return {
    component,
    part,
    ...(fixed.length > 0 && { fixedUsd: sum(fixed) }),
    ...(variable.length > 0 && { perMillionUsd: perMillion }),
    monthUsd: month === undefined ? undefined : sum(fixed) + month,
    atLeast: parts.some(({ atLeast }) => atLeast === true),
    basis: countedTexts(parts.map(({ basis }) => basis)),
    prices: [...new Set(parts.flatMap(({ prices }) => prices))],
  };
}

function openLineOf(parts: [OpenPart & { component: string }, ...OpenPart[]]): OpenLine {
  const [{ component, part }] = parts;
  const prices = [...new Set(parts.flatMap((one) => one.prices))];
  return { component, part, open: countedTexts(parts.map(({ open }) => open)), rates: prices.map(priceText), prices };
}

/** `1 metric` twice and `3 metrics` once are `2 × 1 metric, 3 metrics`. */
function countedTexts(texts: readonly string[]): string {
  return [...new Set(texts)]
    .map((text) => {
      const count = texts.filter((other) => other === text).length;
      return count === 1 ? text : `${count} × ${text}`;
    })
    .join(", ");
}

/** Keeps the order in which components first appear, with their lines together. */
function byComponent<L extends { component: string }>(lines: readonly L[]): readonly L[] {
  const order = [...new Set(lines.map(({ component }) => component))].sort();
  return order.flatMap((component) => lines.filter((line) => line.component === component));
}

function sum(amounts: readonly number[]): number {
  return amounts.reduce((total, amount) => total + amount, 0);
}
