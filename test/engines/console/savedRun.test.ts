/** The console of a run that is over, in Chromium: each page, hostile records, the keyboard, two widths, dark and light. */
import { appendFileSync, readFileSync, rmSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import { type ServedConsole, serveConsole } from "../../../cli/console/serveConsole";
import { systemClock } from "../../../local/cloud/clock";
import { HOSTILE, type SavedRun, SHARD, savedRun } from "../../cli/support/savedRun";
import { openBrowser, openPage, until } from "./browser";

const PAGES = ["flow", "dashboards", "values", "records", "unformatted", "sql", "runs", "health"];
/** Those of a chart's canvas that are not transparent. */
const COLOURED_PIXELS = `(() => {
  const canvas = document.querySelector(".chart canvas");
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let count = 0;
  for (let at = 3; at < data.length; at += 4) if (data[at] > 200) count++;
  return count;
})()`;
let browser: Browser;
let saved: SavedRun;
let served: ServedConsole;
const ending = new AbortController();

beforeAll(async () => {
  browser = await openBrowser();
  saved = savedRun();
  served = await serveConsole(saved.run, {
    port: 0,
    token: "secret",
    program: { cwd: saved.work, env: process.env },
    clock: systemClock,
    signal: ending.signal,
  });
});
afterAll(async () => {
  await browser.close();
  ending.abort(new Error("the test ends"));
  await served.ended.catch(() => undefined);
  rmSync(saved.work, { recursive: true, force: true });
});
afterEach(async () => {
  for (const context of browser.contexts()) await context.close();
});

const at = (place: string) => `${served.address}#/${place}`;
const texts = (page: Page, selector: string) => page.locator(selector).allInnerTexts();

test.each(PAGES.flatMap((name) => [1280, 390].map((width) => [name, width] as const)))(
  "the page %s fits %d pixels, in dark and light, without an error",
  async (name, width) => {
    for (const colorScheme of ["light", "dark"] as const) {
      const { page, problems } = await openPage(browser, at(name), { width, colorScheme });
      await page.waitForSelector("h1");
      await until(page, "!document.querySelector('.loading')");
      expect(await page.evaluate("document.documentElement.scrollWidth - innerWidth")).toBeLessThanOrEqual(0);
      expect(await page.locator("nav a[aria-current]").innerText()).toBe(await page.locator("h1").innerText());
      expect(problems).toEqual([]);
    }
  },
);

test("dashboards are drawn from the queries of their visuals, each kind in its own way", async () => {
  const { page, problems } = await openPage(browser, at("dashboards"));
  await page.waitForSelector(".visual");
  await until(page, "!document.querySelector('.loading')");
  expect(await texts(page, ".visual h3")).toEqual([
    ...["Rows", "Sold", "Hours", "Shares", "Points", "Cells", "Long", "List"],
  ]);
  expect(await texts(page, ".big")).toEqual(["1,234"]);
  await until(page, "document.querySelectorAll(':is(.visual.bar, .visual.line, .visual.scatter) canvas').length === 4");
  expect(await texts(page, ".visual.line .key")).toEqual(["a", "b", "rows"]);
  expect(await page.locator(".pie path").count()).toBe(2);
  expect(await texts(page, ".pie .key")).toEqual(["json: 3 (75 %)", "csv: 1 (25 %)"]);
  expect(await page.locator(".heat .cell title").allTextContents()).toEqual(["a, 09: 2", "b, 10: 3"]);
  expect(await texts(page, ".visual.table td")).toEqual(["<b>a</b>", "2.5"]);
  expect(problems).toEqual([]);
});

test("a line of more points than the page takes has the newest ones, and the page names what is left out", async () => {
  const { page, problems } = await openPage(browser, at("dashboards"));
  const note = "the last 5,000 of 6,000 rows; those before 2026-11-20 00:00:01000 are left out";
  await page.waitForSelector(".visual.line .faint");
  expect(await page.locator("[aria-label='Long'] .faint").innerText()).toBe(note);
  expect(problems).toEqual([]);
});

test("without the token, the page shows no data, and how to get it", async () => {
  const { page } = await openPage(browser, served.address.replace(/\?.*/, ""));
  expect(await page.locator("[role=alert]").innerText()).toBe(
    "console: the token is missing or of another run; open the address that streamlake prints",
  );
  expect(await page.locator("nav").count()).toBe(0);
});

test("a hostile record is shown as text: neither HTML nor terminal codes nor turned text act", async () => {
  const { page, problems } = await openPage(browser, at(`unformatted/${encodeURIComponent(`${SHARD}/101/0`)}`));
  const text = await page.locator("pre.text").innerText();
  expect(text).toBe(HOSTILE.replace("\u001b", "\\x1b").replace("\u202E", "\\u{202e}"));
  expect(await page.locator(".record pre.hex").innerText()).toContain("3c 69 6d 67 20 73 72 63");
  expect(await page.locator("img").count()).toBe(0);
  await page.goto(at("health"));
  await page.waitForSelector("code.line");
  expect((await texts(page, "code.line")).join("\n")).toContain("<img src=x onerror=");
  expect(await page.locator("img").count()).toBe(0);
  expect(await page.title()).toBe("Health – shop");
  expect(problems).toEqual([]);
});

test("hostile values and column names of a result are text, too", async () => {
  const { page, problems } = await openPage(browser, at("sql"));
  const sql = `SELECT '<b onclick="x">v</b>' AS "<i>name</i>", 5 AS n UNION ALL SELECT '<script>document.title = "owned"</script>', 6`;
  await page.fill("#sql", sql);
  await page.click("button.main");
  await page.waitForSelector(".scroll td");
  expect(await texts(page, ".scroll th button")).toEqual(["<i>name</i>", "n"]);
  expect((await texts(page, ".scroll td:first-child")).sort()).toEqual([
    '<b onclick="x">v</b>',
    '<script>document.title = "owned"</script>',
  ]);
  expect(await page.locator("main b, main i, main script").count()).toBe(0);
  expect(await page.title()).toBe("SQL – shop");
  expect(problems).toEqual([]);
});

test("the page can neither run another script, nor reach another host, nor take a string for HTML", async () => {
  const { page, problems } = await openPage(browser, at("flow"));
  const tries = [
    `document.body.append(Object.assign(document.createElement("script"), { textContent: "document.title = 'owned'" }))`,
    `document.createElement("script").src = "https://evil.example/a.js"`,
    `document.body.innerHTML = "<img src=x onerror=alert(1)>"`,
  ];
  for (const one of tries) await expect(page.evaluate(one)).rejects.toThrow("This document requires 'Trusted");
  await expect(page.evaluate(`fetch("https://evil.example/")`)).rejects.toThrow("Failed to fetch");
  await expect(page.evaluate(`fetch("/lake-bucket/object")`)).rejects.toThrow("Failed to fetch");
  await page.evaluate(`document.body.append(Object.assign(new Image(), { src: "https://evil.example/a.png" }))`);
  expect(problems.filter((problem) => /^asks for/.test(problem))).toEqual([]);
  expect(
    problems.filter((problem) => /Content Security Policy directive: "(connect|img)-src/.test(problem)),
  ).toHaveLength(3);
  expect(await page.title()).toBe("Flow – shop");
});

test("the flow is drawn with its counts, and read as a table", async () => {
  const { page } = await openPage(browser, at("flow"));
  await page.waitForSelector("svg .node");
  expect(
    await page
      .locator("svg .node")
      .evaluateAll((nodes: { getAttribute(name: string): string | null }[]) =>
        nodes.map((node) => node.getAttribute("aria-label")),
      ),
  ).toEqual([
    "in, StreamIngest, 3 records; opens health",
    "router, FormatRouter; opens records",
    "Unformatted, records kept as bytes; opens unformatted",
  ]);
  expect(await texts(page, "tbody tr")).toEqual(["in\trouter\trecords\t3\t0", "router\tUnformatted\trecords\t2\t0"]);
  await page.click("svg .node:last-child");
  await page.waitForSelector("h1:text('Unformatted')");
});

test("a result is sorted, plotted and downloaded", async () => {
  const { page, problems } = await openPage(browser, at("sql"));
  expect(await page.inputValue("#sql")).toBe("SELECT * FROM (VALUES (2, 'b'), (10, 'a')) AS t (n, name)");
  await page.focus("#sql");
  await page.keyboard.press("Control+Enter");
  await page.waitForSelector(".scroll td");
  const rows = () => texts(page, ".scroll tbody tr");
  expect(await rows()).toEqual(["2\tb", "10\ta"]);
  await page.click(".scroll th:first-child button");
  await page.click(".scroll th:first-child button");
  expect(await rows()).toEqual(["10\ta", "2\tb"]);
  expect(await page.getAttribute(".scroll th:first-child", "aria-sort")).toBe("descending");
  expect(await page.evaluate(COLOURED_PIXELS)).toBeGreaterThan(5000);
  const download = page.waitForEvent("download");
  await page.click("text=Download CSV");
  expect(readFileSync(await (await download).path(), "utf8")).toBe("n,name\r\n2,b\r\n10,a\r\n");
  expect(problems).toEqual([]);
});

test("a result is a scatter plot of its rows, and a heat map of its sums", async () => {
  const { page, problems } = await openPage(browser, at("sql"));
  const sql = `SELECT * FROM (VALUES ('10', 'json', 3), ('10', 'csv', 4), ('11', '<b>x</b>', 12)) AS t ("hour", format, n)`;
  await page.fill("#sql", sql);
  await page.click("button.main");
  await page.selectOption("label:has-text('Kind') select", "scatter");
  await page.selectOption("label:has-text('Along') select", { label: "n" });
  await page.selectOption("label:has-text('By') select", { label: "format" });
  expect(await texts(page, ".chart .key")).toEqual(["json", "csv", "<b>x</b>"]);
  await until(page, "document.querySelector('.chart canvas')");
  expect(await page.evaluate(COLOURED_PIXELS)).toBeGreaterThan(2000);
  await page.selectOption("label:has-text('Kind') select", "heat");
  await page.selectOption("label:has-text('Along') select", { label: "hour" });
  await page.waitForSelector("rect.cell");
  expect(await page.locator("rect.cell title").allTextContents()).toEqual([
    "json, 10: 3",
    "csv, 10: 4",
    "<b>x</b>, 11: 12",
  ]);
  expect(problems).toEqual([]);
});

test("a plot of more rows than the page has adds all of them up on the server", async () => {
  const { page, problems } = await openPage(browser, at("sql"));
  const sql = `SELECT CASE WHEN n % 2 = 0 THEN 'even' ELSE 'odd' END AS kind, n FROM UNNEST(sequence(1, 10000)) AS t (n) ORDER BY n -- all`;
  await page.fill("#sql", sql);
  await page.click("button.main");
  await page.waitForSelector("[role=status]:has-text('sums of all 10,000 rows')");
  await page.selectOption("label:has-text('Kind') select", "heat");
  await page.waitForSelector("rect.cell");
  expect(await page.locator("rect.cell title").allTextContents()).toEqual([
    "n, even: 25,005,000",
    "n, odd: 25,000,000",
  ]);
  await page.selectOption("label:has-text('Kind') select", "scatter");
  await page.waitForSelector("[role=status]:has-text('5,000 of 10,000 rows, one of each 2')");
  expect(problems).toEqual([]);
});

test("a result of more rows than the page has is sorted, paged and downloaded whole, by keyboard", async () => {
  const { page, problems } = await openPage(browser, at("sql"));
  const sql = "SELECT n, 'v' || CAST(n % 7 AS varchar) AS v FROM UNNEST(sequence(1, 20000)) AS t (n) ORDER BY n";
  await page.fill("#sql", sql);
  await page.click("button.main");
  await page.waitForSelector(".scroll td");
  const first = () => page.locator(".scroll tbody tr").first().innerText();
  expect([await first(), await page.locator(".pages span").innerText()]).toEqual(["1\tv1", "1 to 50 of 20,000"]);
  await page.fill("input[name=row]", "19981");
  await page.keyboard.press("Enter");
  await until(page, "document.querySelector('.scroll tbody tr')?.innerText.startsWith('19981')");
  expect(await page.locator(".pages span").innerText()).toBe("19,981 to 20,000 of 20,000");
  expect(await page.isDisabled("button:text('Next')")).toBe(true);
  await page.focus(".scroll th:nth-child(1) button");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter");
  await until(page, "document.querySelector('.scroll tbody tr')?.innerText.startsWith('20000')");
  expect(await page.getAttribute(".scroll th:first-child", "aria-sort")).toBe("descending");
  const download = page.waitForEvent("download");
  await page.click("text=Download JSON");
  const json = JSON.parse(readFileSync(await (await download).path(), "utf8"));
  expect([json.length, json[19_999]]).toEqual([20_000, { n: 20_000, v: "v1" }]);
  expect(problems).toEqual([]);
});

test("an error of SQL is read out in its place", async () => {
  const { page } = await openPage(browser, at("sql"));
  await page.fill("#sql", "SELECT * FROM absent");
  await page.click("button.main");
  await page.waitForSelector("[role=status] .bad");
  expect(await page.locator("[role=status] .bad").innerText()).toContain("TABLE_NOT_FOUND");
});

test("the keyboard reaches every page, and goes on in the new one", async () => {
  const { page } = await openPage(browser, at("flow"));
  const focused = () =>
    page.evaluate("document.activeElement.tagName + ' ' + document.activeElement.innerText.slice(0, 12)");
  await page.keyboard.press("Tab");
  expect(await focused()).toBe("A Flow");
  const visited: string[] = [];
  for (let index = 1; index < PAGES.length; index++) {
    await page
      .locator("nav a")
      .nth(index - 1)
      .focus();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await until(page, "document.activeElement.tagName === 'MAIN'");
    visited.push(await page.locator("h1").innerText());
  }
  expect(visited).toEqual(["Dashboards", "Values", "Records", "Unformatted", "SQL", "Runs", "Health"]);
});

test("a record is searched for, followed to its bytes, and back", async () => {
  const { page } = await openPage(browser, at("records"));
  await page.fill("#subject", "order-4711");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".steps");
  expect(await page.locator(".steps").count()).toBe(3);
  expect(await page.locator(".steps").first().innerText()).toContain("format json, 1 row");
  await page.click("text=see its bytes >> nth=0");
  await page.waitForSelector("pre.hex");
  await page.click("text=Follow it");
  await page.waitForSelector(".steps");
});

test("unformatted records are searched by their reason, with ids as links, by keyboard", async () => {
  const { page, problems } = await openPage(browser, at("records"));
  await page.waitForSelector("option:has-text('format (2)')", { state: "attached" });
  await page.selectOption("label:has-text('Reason') select", "format");
  await page.waitForSelector("[aria-label='Unformatted records with the reason format'] td");
  expect(await texts(page, "td:first-child a")).toEqual([`${SHARD}/101/0`, `${SHARD}/102/0`]);
  await page.fill("#subject", "broken");
  await page.keyboard.press("Enter");
  await until(page, "document.querySelectorAll('td:first-child a').length === 1");
  expect(await page.evaluate("decodeURIComponent(location.hash)")).toBe("#/records/reason:format broken");
  await page.focus("td:first-child a");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".steps");
  expect(await texts(page, ".steps li:nth-child(2) p")).toEqual([
    "unformatted, format: json: 9 bytes do not parse as JSON (position 4) see its bytes",
  ]);
  expect(problems).toEqual([]);
});

test("a failed execution has its states, times and error; nothing runs the hour of a run that is over", async () => {
  const { page } = await openPage(browser, at("runs"));
  await page.waitForSelector(".execution");
  const text = await page.locator(".execution").innerText();
  expect(text).toContain("hour-2026-11-20T10 failed");
  expect(text).toContain("States.TaskFailed: out of memory");
  expect(await texts(page, ".states tbody th")).toEqual(["Flatten failed\nout of memory"]);
  await page.focus(".states .data summary");
  await page.keyboard.press("Enter");
  expect(await page.locator(".states .data pre").innerText()).toBe(
    '{\n  "hour": "2026-11-20T10",\n  "note": "<b>&</b>"\n}',
  );
  expect(await page.isDisabled("button:text('Run the hour now')")).toBe(true);
});

test("runs of Glue's jobs and crawlers have their times, results, errors and arguments", async () => {
  const { page, problems } = await openPage(browser, at("runs"));
  await page.waitForSelector("[aria-label^='Runs of Glue'] td");
  const cells = await texts(page, "[aria-label^='Runs of Glue'] td");
  expect([cells.slice(0, 6), cells.slice(6)]).toEqual([
    ["2026-11-20 11:00:02", "lake-crawler crawl", "failed", "250 ms", "<i>denied</i>", ""],
    [
      "2026-11-20 11:00:00",
      "lake-flatten job",
      "succeeded",
      "1.5 s",
      "records: 1 row of 1 raw object in 1 Parquet object",
      "--HOUR 2026-11-20T10",
    ],
  ]);
  expect(problems).toEqual([]);
});

test("health has the ledger, the denied call and a search of logs", async () => {
  const { page } = await openPage(browser, at("health"));
  await page.waitForSelector("article");
  expect(await page.locator("article").first().innerText()).toContain(
    "3 records in = 1 landed + 2 unformatted + 0 failed",
  );
  expect(await page.locator("article").nth(1).innerText()).toBe(
    [
      "broken totals, ServingTable totals-table, stream in-stream",
      "3 records in = 1 row in 1 item + 0 rows left out + 0 rows unfolded + 2 records undecoded",
      "1 × rows that no item has, as shardId-000000000000/100/0.0",
    ].join("\n\n"),
  );
  expect(await texts(page, "ul.bad li")).toEqual(["router-role may not s3:PutObject on arn:aws:s3:::lake/a"]);
  await page.click("summary:text('History')");
  expect(await texts(page, "article li")).toEqual([
    "2026-11-20 10:06:00 UTC: Successfully executed action arn:aws:sns:failures",
    "2026-11-20 10:05:00 UTC: Alarm updated from OK to ALARM",
  ]);
  await page.fill("label:has-text('Text') input", "FIRST");
  await page.keyboard.press("Enter");
  await until(page, "document.querySelectorAll('code.line').length === 1");
  expect(await texts(page, "code.line")).toEqual(["first line"]);
});

test("logs are followed line by line, with the search", async () => {
  const { page, problems } = await openPage(browser, at("health"));
  await page.waitForSelector("code.line");
  const before = await texts(page, "code.line");
  await page.fill("label:has-text('Text') input", "line");
  await page.keyboard.press("Enter");
  await until(page, "document.querySelectorAll('code.line').length === 2");
  const followed = page.waitForRequest(/log-events/);
  await page.focus("label:has-text('Follow') input");
  await page.keyboard.press("Space");
  await (await followed).response();
  const file = `${saved.run.directory}/logs/aws/lambda/router/2026/11/20/[$LATEST]0.log`;
  appendFileSync(file, "another\na new <b>line</b>\n");
  await until(page, "document.querySelectorAll('code.line').length === 3");
  expect(await texts(page, "code.line")).toEqual(["a new <b>line</b>", "last Line", "first line"]);
  expect([before.length, problems]).toEqual([3, []]);
});

test("every control has a name for screen readers, and headings begin with one of the first level", async () => {
  for (const name of PAGES) {
    const { page } = await openPage(browser, at(name));
    await until(page, "!document.querySelector('.loading')");
    const unnamed =
      await page.evaluate(`[...document.querySelectorAll("button, select, input, textarea, a")].filter((one) =>
      !(one.innerText ?? "").trim() && !one.textContent.trim() && !one.getAttribute("aria-label") && !(one.labels?.length)).length`);
    expect([name, unnamed, await page.locator("h1").count()]).toEqual([name, 0, 1]);
  }
});
