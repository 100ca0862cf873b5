/** Chromium with one page, which keeps what it reports as an error and refuses every other host. */
import { type Browser, chromium, type Page } from "playwright-core";

const { findChromium } = require("./setup.js") as { findChromium(): string | undefined };

export interface OpenPage {
  readonly page: Page;
  /** Errors of scripts and of the content security policy; requests to other hosts. */
  readonly problems: readonly string[];
}

export async function openBrowser(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined)
    throw new Error("no Chromium; npm run setup:engines installs it or names what is missing");
  // Chromium's own sandbox does not work as root.
  return chromium.launch({ executablePath, args: ["--no-sandbox"] });
}

export async function openPage(
  browser: Browser,
  address: string,
  { width = 1280, colorScheme = "light" as "light" | "dark" } = {},
): Promise<OpenPage> {
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme, acceptDownloads: true });
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(message.text());
  });
  const isElsewhere = (url: string) => !/^(http:\/\/127\.0\.0\.1:|file:|data:|blob:)/.test(url);
  page.on("requestfinished", (request) => {
    if (isElsewhere(request.url())) problems.push(`asks for ${request.url()}`);
  });
  page.on("requestfailed", (request) => {
    // The policy refuses a request before it leaves the browser.
    const isRefused = request.failure()?.errorText === "csp";
    if (isElsewhere(request.url()) && !isRefused) problems.push(`asks for ${request.url()}`);
  });
  await page.goto(address);
  await page.waitForSelector("h1");
  return { page, problems };
}

/** Waits until the expression holds in the page, whose content security policy forbids Playwright's own polling. */
export async function until(page: Page, expression: string): Promise<void> {
  while (!(await page.evaluate(`Boolean(${expression})`))) await page.waitForTimeout(50);
}
