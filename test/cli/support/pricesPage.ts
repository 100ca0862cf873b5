/** The page `docs/guides/prices.md`, made from the table of prices. */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { PRICED, PRICES, type Price, type PriceName, priceText } from "../../../cli/cost/prices";

const FILE = path.join(__dirname, "../../../docs/guides/prices.md");

export function pricesPage(): string {
  const rows = Object.entries(PRICES).map(([name, price]: [string, Price]) => {
    const [amount = "", unit = ""] = priceText(name as PriceName).split(" per ");
    const read = price.readAt === undefined ? "not read: check it" : `[read](${price.readAt})`;
    return `| ${amount} | ${unit} | [AWS](${price.source}) | ${read} |`;
  });
  return `${[
    "<!-- Made by `npm run docs` from cli/cost/prices.ts; change that. -->",
    "# Prices",
    `The prices of ${PRICED.region} on ${PRICED.on}, in US dollars, without free tiers and volume discounts. \`streamlake cost\` computes\nwith them, and [costs](costs.md) quotes them.`,
    "AWS's pages fill in their prices by a script. The last column links a page that showed the amount on that day; a price without\none is not confirmed, so check it on AWS's page before you rely on it.",
    ["| price | unit | source | shown |", "|---|---|---|---|", ...rows].join("\n"),
  ].join("\n\n")}\n`;
}

export function writtenPricesPage(): string {
  return readFileSync(FILE, "utf8");
}

export function writePricesPage(): void {
  writeFileSync(FILE, pricesPage());
}
