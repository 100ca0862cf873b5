/** A run as one file, opened from disk in Chromium: each page, hostile records, two widths, dark and light, no network. */
import { rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { pageFile } from "../../../cli/console/pageFile";
import { savedSource } from "../../../cli/console/savedSource";
import { systemClock } from "../../../local/cloud/clock";
import { HOSTILE, type SavedRun, SHARD, savedRun } from "../../cli/support/savedRun";
import { openBrowser, openPage, until } from "./browser";

const PAGES = ["Flow", "Values", "Unformatted", "Queries", "Runs", "Health"];
const MARKUP = `</script><img src=x onerror="document.title='owned'"><!--`;
let browser: Browser;
let saved: SavedRun;
let address: string;

beforeAll(async () => {
  browser = await openBrowser();
  saved = savedRun();
  const { signal } = new AbortController();
  const queries = [
    {
      sql: `SELECT '${MARKUP}'`,
      columns: [MARKUP, "n"],
      rows: [
        [MARKUP, 3],
        ["b", 4],
      ],
    },
  ];
  const file = path.join(saved.work, "run.html");
  writeFileSync(file, await pageFile(savedSource(saved.run), { queries, clock: systemClock, signal }));
  address = pathToFileURL(file).href;
});
afterAll(async () => {
  await browser.close();
  rmSync(saved.work, { recursive: true, force: true });
});
afterEach(async () => {
  for (const context of browser.contexts()) await context.close();
});

const texts = (page: Page, selector: string) => page.locator(selector).allInnerTexts();

test.each([1280, 390])("every page fits %d pixels, in dark and light, without an error", async (width) => {
  for (const colorScheme of ["light", "dark"] as const) {
    const { page, problems } = await openPage(browser, address, { width, colorScheme });
    expect(await texts(page, "nav a")).toEqual(PAGES);
    for (const name of PAGES) {
      await page.click(`nav a:text-is('${name}')`);
      await page.waitForSelector(`h1:text-is('${name}')`);
      await until(page, "!document.querySelector('.loading')");
      expect(await page.evaluate("document.documentElement.scrollWidth - innerWidth")).toBeLessThanOrEqual(0);
      expect(await page.locator("main .bad[role=alert]").count()).toBe(0);
    }
    expect(problems).toEqual([]);
  }
});

test("a hostile record and a hostile result are text", async () => {
  const { page, problems } = await openPage(browser, `${address}#/unformatted/${encodeURIComponent(`${SHARD}/101/0`)}`);
  await page.waitForSelector("pre.text");
  expect(await page.locator("pre.text").innerText()).toBe(
    HOSTILE.replace("\u001b", "\\x1b").replace("\u202E", "\\u{202e}"),
  );
  await page.click("nav a:text-is('Queries')");
  await page.waitForSelector(".scroll td");
  expect(await texts(page, ".scroll th button")).toEqual([MARKUP, "n"]);
  expect(await texts(page, ".scroll td:first-child")).toEqual([MARKUP, "b"]);
  expect(await page.locator(".chart canvas").count()).toBe(1);
  expect(await page.locator("img").count()).toBe(0);
  expect(await page.title()).toBe("Queries – shop");
  expect(problems).toEqual([]);
});

test("the file can neither run another script nor reach a host", async () => {
  const { page } = await openPage(browser, address);
  const script = `document.body.append(Object.assign(document.createElement("script"), { textContent: "document.title = 'owned'" }))`;
  await expect(page.evaluate(script)).rejects.toThrow("This document requires 'Trusted");
  await expect(page.evaluate(`fetch("https://evil.example/")`)).rejects.toThrow("Failed to fetch");
  expect(await page.title()).toBe("Flow – shop");
});
