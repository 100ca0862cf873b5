/** Prints the console's figures: sizes, first paint, the page while records arrive, a dashboard and a result of 5 million rows. */
import { mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import type { Browser, Page } from "playwright-core";
import { consoleAssets, PAGE } from "../../../cli/console/assets";
import { serveConsole } from "../../../cli/console/serveConsole";
import { findRun } from "../../../cli/project/runs/listRuns";
import { readMarker } from "../../../cli/project/runs/marker";
import { Catalog } from "../../../local/catalog/catalog";
import { systemClock } from "../../../local/cloud/clock";
import { openDuckDb } from "../../../local/duckdb/duckdb";
import { RECORD, type SavedRun, savedRun } from "../../cli/support/savedRun";
import { serveStack } from "../../cli/support/servedStack";
import { table } from "../../local/support/athenaLake";
import { openBrowser, openPage, until } from "./browser";

/** The size that the console may have. */
const MAX_GZIPPED_BYTES = 200_000;
const ROWS = 5_000_000;
let browser: Browser;

beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

const print = (...figures: string[]) => process.stdout.write(`${figures.map((figure) => `    ${figure}\n`).join("")}`);
const millis = (from: number, to = performance.now()) => `${Math.round(to - from)} ms`;
const FIRST_PAINT = "performance.getEntriesByName('first-contentful-paint')[0].startTime";

test("all that a browser loads is at most 200 kB, compressed", () => {
  const sizes = Object.entries({ "index.html": PAGE, ...consoleAssets() }).map(([name, text]) => {
    return [name, gzipSync(text).length] as const;
  });
  const total = sizes.reduce((sum, [, bytes]) => sum + bytes, 0);
  print(`compressed: ${sizes.map(([name, bytes]) => `${name} ${bytes} B`).join(", ")}; ${total} B in all`);
  expect(total).toBeLessThanOrEqual(MAX_GZIPPED_BYTES);
});

test("the page of the flow while records arrive", async () => {
  const stack = await serveStack({ records: 20 });
  try {
    const { run } = findRun(`${stack.work}/.streamlake`, { stack: undefined, run: undefined });
    const address = readMarker(run.directory)?.console ?? "";
    const { page, problems } = await openPage(browser, address);
    await page.waitForSelector(".state:text('live')");
    print(`first contentful paint: ${Math.round(await page.evaluate<number>(FIRST_PAINT))} ms`);
    await watchFrames(page);
    const events = followEvents(address);
    const records = 60_000;
    const from = performance.now();
    const { code, out } = await stack.run([
      ...["produce", "--stream", String(stack.outputs.streamName), "--records", String(records)],
    ]);
    const sent = performance.now();
    expect([code, out]).toEqual([0, expect.stringContaining("60,000")]);
    await until(page, `document.querySelector('tbody tr td:nth-child(4)').innerText === "60,020"`);
    const seen = performance.now();
    const { frames, longest, longTasks, longTaskMillis, seconds } = await page.evaluate<Frames>("framesUntilNow()");
    const { count, largest } = events.end();
    print(
      `${records} records in ${millis(from, sent)} (${Math.round(records / ((sent - from) / 1000))} a second), all counted on the page ${millis(sent, seen)} later`,
      `frames: ${Math.round(frames / seconds)} a second, the longest ${Math.round(longest)} ms; long tasks: ${longTasks}, ${Math.round(longTaskMillis)} ms of ${Math.round(seconds * 1000)}`,
      `events: ${count}, the largest ${largest} B`,
    );
    expect(problems).toEqual([]);
  } finally {
    await stack.stop();
  }
});

test("a dashboard of ten visuals, and pages of a result, over 5 million rows", async () => {
  const saved = savedRun();
  const ending = new AbortController();
  try {
    await putOrders(saved);
    const served = await serveConsole(saved.run, {
      port: 0,
      token: "secret",
      program: { cwd: saved.work, env: process.env },
      clock: systemClock,
      signal: ending.signal,
    });
    const { page, problems } = await openPage(browser, `${served.address}#/flow`);
    let [asked, answered] = [0, 0];
    page.on("request", (request) => {
      if (request.url().endsWith("/api/sql") && asked === 0) asked = performance.now();
    });
    page.on("requestfinished", (request) => {
      if (request.url().endsWith("/api/sql")) answered = performance.now();
    });
    await page.click("nav a:text-is('Dashboards')");
    const isDrawn = "document.querySelectorAll('.visual canvas').length === 8";
    await until(page, `document.querySelectorAll('.visual .bad, .big').length > 2 || (${isDrawn})`);
    const drawn = performance.now();
    await page.waitForTimeout(500);
    expect(await page.locator(".visual .bad").allInnerTexts()).toEqual([]);
    print(
      `ten visuals over ${ROWS} rows: the last answer after ${millis(asked, answered)}, drawn ${millis(Math.min(answered, drawn), drawn)} after it`,
    );
    await page.goto(`${served.address}#/sql`);
    await page.fill("#sql", "SELECT * FROM orders");
    const timed = async (what: string, act: () => Promise<unknown>, row: string) => {
      const from = performance.now();
      await act();
      await until(page, `document.querySelector('.scroll tbody tr')?.innerText.includes(${JSON.stringify(row)})`);
      print(`${what}: ${millis(from)}`);
    };
    await timed("SELECT * of 5 million rows", () => page.click("button.main"), "shop-");
    const heading = (name: string) => page.click(`.scroll th button:text-is('${name}')`);
    await timed("kept and sorted by a string", () => heading("shop"), "shop-0\t");
    await timed(
      "sorted by a number, downwards",
      async () => {
        await heading("n");
        await page.click(".scroll th:nth-child(1) button");
      },
      "5000000",
    );
    const download = page.waitForEvent("download");
    const from = performance.now();
    await page.click("text=Download CSV");
    const { size } = statSync(await (await download).path());
    print(`saved as CSV: ${Math.round(size / 1e6)} MB in ${millis(from)}`);
    expect(problems).toEqual([]);
    ending.abort(new Error("the test ends"));
    await served.ended.catch(() => undefined);
  } finally {
    ending.abort(new Error("the test ends"));
    rmSync(saved.work, { recursive: true, force: true });
  }
});

interface Frames {
  readonly frames: number;
  readonly longest: number;
  readonly longTasks: number;
  readonly longTaskMillis: number;
  readonly seconds: number;
}

async function watchFrames(page: Page): Promise<void> {
  await page.evaluate(`(() => {
    const began = performance.now();
    let [frames, longest, before, longTasks, longTaskMillis] = [0, 0, began, 0, 0];
    const frame = (now) => {
      frames += 1;
      longest = Math.max(longest, now - before);
      before = now;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) {
        longTasks += 1;
        longTaskMillis += duration;
      }
    }).observe({ type: "longtask" });
    window.framesUntilNow = () => ({ frames, longest, longTasks, longTaskMillis, seconds: (performance.now() - began) / 1000 });
  })()`);
}

/** Reads the events that a page gets. */
function followEvents(address: string): { end(): { count: number; largest: number } } {
  const leaving = new AbortController();
  let [count, largest] = [0, 0];
  const read = async () => {
    const response = await fetch(address.replace("?", "api/events?"), { signal: leaving.signal });
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      count += 1;
      largest = Math.max(largest, chunk.length);
    }
  };
  const reading = read().catch(() => undefined);
  return {
    end: () => {
      leaving.abort();
      void reading;
      return { count, largest };
    },
  };
}

/** A table of 5 million rows, and the record of a run with ten visuals over it. */
async function putOrders({ run: { directory } }: SavedRun): Promise<void> {
  const file = path.join(directory, "s3/bucket/parquet-output/orders/orders.parquet");
  mkdirSync(path.dirname(file), { recursive: true });
  const db = await openDuckDb({ memoryMebibytes: 512 });
  await db.run(`COPY (
    SELECT range + 1 AS n, 'shop-' || (range % 20) AS shop, range * 7919 % 100000 AS cents,
      ['json', 'csv', 'xml'][1 + range % 3] AS format, TIMESTAMP '2026-11-20 00:00:00' + INTERVAL (range % 86400) SECOND AS arrived
    FROM range(${ROWS})
  ) TO '${file}' (FORMAT parquet)`);
  db.close();
  const columns = [
    ["n", "bigint"],
    ["shop", "string"],
    ["cents", "bigint"],
    ["format", "string"],
    ["arrived", "timestamp"],
  ] as const;
  new Catalog(directory).putTable(
    table(
      "orders",
      columns.map(([Name, Type]) => ({ Name, Type })),
    ),
  );
  const hour = "date_trunc('hour', arrived)";
  const groups = ["shop", "format", hour, "date_trunc('minute', arrived)"];
  const of = (kind: string, index: number, sql: string, places: readonly string[]) => ({
    title: `${kind} ${index}`,
    kind,
    source: "athena" as const,
    sql,
    fields: places.map((place) => ({ place, label: place, isMeasure: place.startsWith("y") || place === "value" })),
  });
  const byGroup = (by: string) => `SELECT ${by} AS x, sum(cents) AS y0 FROM orders GROUP BY 1 ORDER BY 1`;
  const byColor = (by: string) =>
    `SELECT ${by} AS x, format AS color, sum(cents) AS y0 FROM orders GROUP BY 1, 2 ORDER BY 1, 2`;
  const visuals = [
    of("kpi", 1, "SELECT count(*) FROM orders", ["value"]),
    of("kpi", 2, "SELECT avg(cents) FROM orders", ["value"]),
    ...groups.map((by, index) => of(index < 2 ? "bar" : "line", index, byGroup(by), ["x", "y0"])),
    ...groups.map((by, index) => of(index < 2 ? "bar" : "line", index + 4, byColor(by), ["x", "color", "y0"])),
  ];
  const record = { ...RECORD, queries: [], dashboards: [{ name: "Orders", visuals }] };
  writeFileSync(path.join(directory, "console.json"), JSON.stringify(record));
}
