import { readFileSync } from "node:fs";
import path from "node:path";
import { costOf, PRICES, type Price, priceText } from "../../../cli/cost/prices";
import { pricesPage, writtenPricesPage } from "../support/pricesPage";

const prices: readonly Price[] = Object.values(PRICES);

test("docs/guides/prices.md is what `npm run docs` makes of the table", () => {
  expect(writtenPricesPage()).toBe(pricesPage());
});

/** A quote of at least three significant digits may be rounded: `0.0000133`. */
function isQuoted(usd: number, quote: string): boolean {
  const digits = quote.replace(/^[0.]+|\./g, "").length;
  return Number(quote) === usd || (digits >= 3 && Number(usd.toPrecision(digits)) === Number(quote));
}

test("the guide's prices are those of the table, from the same page of AWS", () => {
  const guide = readFileSync(path.join(__dirname, "../../../docs/guides/costs.md"), "utf8");
  const links = [...guide.matchAll(/\[([^\]]*\$[^\]]*)\]\((https:\/\/aws\.amazon\.com\/[^)]*)\)/g)];
  const quoted = links.flatMap(([, words = "", source]) =>
    [...words.matchAll(/\$([\d.]*\d)/g)].map(([, usd = ""]) => ({ usd, source })),
  );
  expect(quoted.length).toBeGreaterThan(20);
  const known = (quote: { usd: string; source: string | undefined }) =>
    prices.some(({ usd, source }) => source === quote.source && isQuoted(usd, quote.usd));
  expect(quoted.filter((quote) => !known(quote))).toEqual([]);
});

test("every price has AWS's page, and a page that showed it is a full address", () => {
  for (const { usd, source, readAt = "https://none" } of prices) {
    expect(usd).toBeGreaterThan(0);
    expect(source).toMatch(/^https:\/\/aws\.amazon\.com\/[a-z0-9-]+\/(\S+\/)?$/);
    expect(readAt).toMatch(/^https:\/\/\S+$/);
  }
});

test("prices of many units are divided, and written with the number of units", () => {
  expect(costOf("s3Put", 2500)).toBeCloseTo(0.0125, 10);
  expect(costOf("kmsRequest", 5_000_000)).toBeCloseTo(15, 10);
  expect(priceText("s3Put")).toBe("$0.005 per 1,000 PUT requests");
  expect(priceText("lambdaRequest")).toBe("$0.20 per million requests");
  expect(priceText("lambdaArm")).toBe("$0.0000133334 per GB-second on arm64");
  expect(priceText("streamKept")).toBe("$0.10 per GB and month in an on-demand stream, hours 25 to 168");
});
