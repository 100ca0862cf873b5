/** The console of a served run, in Chromium: its counts move when records arrive, and its button runs the hour. */
import type { Browser } from "playwright-core";
import { findRun } from "../../../cli/project/runs/listRuns";
import { readMarker } from "../../../cli/project/runs/marker";
import { type ServedStack, serveStack } from "../../cli/support/servedStack";
import { openBrowser, openPage, until } from "./browser";

let browser: Browser;
let stack: ServedStack;
let address: string;

beforeAll(async () => {
  browser = await openBrowser();
  stack = await serveStack({ records: 20 });
  const { run } = findRun(`${stack.work}/.streamlake`, { stack: undefined, run: undefined });
  address = readMarker(run.directory)?.console ?? "";
});
afterAll(async () => {
  await browser.close();
  await stack.stop();
});

test("streamlake console prints the address of the served run", async () => {
  const { code, out } = await stack.run(["console"]);
  expect([code, out]).toEqual([0, expect.stringContaining(`is served; its console: ${address}`)]);
});

test("counts move while records arrive, and stand still again", async () => {
  const { page, problems } = await openPage(browser, address);
  await page.waitForSelector(".state:text('live')");
  const total = "document.querySelector('tbody tr td:nth-child(4)').innerText";
  expect(await page.evaluate(total)).toBe("20");
  const sent = stack.run(["produce", "--stream", String(stack.outputs.streamName), "--records", "300"]);
  await page.waitForSelector(".edge.moving");
  expect((await sent).code).toBe(0);
  await until(page, `${total} === "320"`);
  await until(page, "!document.querySelector('.edge.moving')");
  expect(problems).toEqual([]);
  await page.close();
});

test("the button runs the hour, and its execution appears", async () => {
  const { page, problems } = await openPage(browser, `${address}#/runs`);
  await page.waitForSelector(".execution");
  const before = await page.locator(".execution").count();
  await page.click("text=Run the hour now");
  await page.waitForSelector("[role=status]:has-text('flattened')");
  expect(await page.locator("main [role=status]").innerText()).toMatch(/^flattened [\d,]+ rows of \w+ in \d{4}-/);
  await until(page, `document.querySelectorAll(".execution").length > ${before}`);
  expect(problems).toEqual([]);
  await page.close();
});

test("unformatted records are tried again: a dry run first, then for real", async () => {
  const { page, problems } = await openPage(browser, `${address}#/unformatted`);
  await page.waitForSelector("button:text('Dry run')");
  expect(await page.isDisabled("button:text('Write for real')")).toBe(true);
  await page.click("button:text('Dry run')");
  await page.waitForSelector("[role=status] pre");
  expect(await page.locator("[role=status] pre").innerText()).toMatch(
    /^\d+ records? through the router: 0 would land, \d+ still cannot be used/,
  );
  await page.click("button:text('Write for real')");
  await page.waitForSelector("[role=status] pre:has-text('0 landed')");
  expect(problems).toEqual([]);
  await page.close();
});

test("SQL answers over the rows of the served run", async () => {
  const { page, problems } = await openPage(browser, `${address}#/sql`);
  await page.fill("#sql", 'SELECT count(DISTINCT "_id") AS n FROM records');
  await page.keyboard.press("Control+Enter");
  await page.waitForSelector(".scroll td");
  expect(Number(await page.locator(".scroll td").innerText())).toBeGreaterThan(100);
  await page.waitForSelector("summary:has-text('records')");
  expect(problems).toEqual([]);
  await page.close();
});
