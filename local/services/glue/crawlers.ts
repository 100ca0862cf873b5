/** Glue crawlers and their states: READY, RUNNING, STOPPING and READY again. */
import type { Clock } from "../../cloud/clock";
import { ServiceError } from "../../cloud/service";
import type { Crawler } from "./crawl";
import type { GlueRun, TableEffect } from "./glueRun";

/** The result of a crawl in the form of Glue's API; times are seconds since the epoch. */
interface LastCrawl {
  readonly Status: "SUCCEEDED" | "FAILED";
  readonly ErrorMessage?: string;
  readonly StartTime: number;
}

/** Crawls that are kept; Glue keeps those of 12 months. */
const MAX_CRAWLS = 1000;

interface CrawlerState {
  crawler: Crawler;
  state: "READY" | "RUNNING" | "STOPPING";
  lastCrawl?: LastCrawl;
  underWay?: Promise<void>;
}

type Crawl = { -readonly [K in keyof GlueRun]: GlueRun[K] };

export class Crawlers {
  readonly #crawlers = new Map<string, CrawlerState>();
  readonly #crawls: Crawl[] = [];
  #started = 0;

  /** @param work runs a crawl and reports each table; the message of an error that it throws becomes the crawl's error message */
  constructor(
    private readonly clock: Clock,
    private readonly work: (crawler: Crawler, onEffect: (effect: TableEffect) => void) => Promise<void>,
  ) {}

  add(crawler: Crawler): void {
    this.#crawlers.set(crawler.name, { crawler, state: "READY" });
  }

  /** Throws while the crawler is running, as its deletion does. */
  update(crawler: Crawler): void {
    this.#ready(crawler.name).crawler = crawler;
  }

  remove(name: string): void {
    this.#ready(name);
    this.#crawlers.delete(name);
  }

  names(): string[] {
    return [...this.#crawlers.keys()];
  }

  get(name: string): Readonly<CrawlerState> {
    return this.#find(name);
  }

  /** Starts a crawl in the background. */
  start(name: string): void {
    const found = this.#find(name);
    if (found.state !== "READY") {
      throw new ServiceError("CrawlerRunningException", `Crawler with name ${name} has already started`);
    }
    found.state = "RUNNING";
    const startMillis = this.clock.now();
    const StartTime = startMillis / 1000;
    const effects: TableEffect[] = [];
    const crawl: Crawl = {
      kind: "crawl",
      name,
      id: `crawl-${++this.#started}`,
      state: "RUNNING",
      startMillis,
      arguments: {},
      effects,
    };
    this.#crawls.push(crawl);
    if (this.#crawls.length > MAX_CRAWLS) this.#crawls.shift();
    const end = async (last: LastCrawl) => {
      crawl.state = last.Status;
      crawl.endMillis = this.clock.now();
      if (last.ErrorMessage !== undefined) crawl.error = last.ErrorMessage;
      found.state = "STOPPING";
      found.lastCrawl = last;
      await new Promise((resolve) => setImmediate(resolve));
      found.state = "READY";
    };
    found.underWay = this.work(found.crawler, (effect) => effects.push(effect)).then(
      () => end({ Status: "SUCCEEDED", StartTime }),
      (error: unknown) => end({ Status: "FAILED", ErrorMessage: messageOf(error), StartTime }),
    );
  }

  /** Oldest first. */
  views(): GlueRun[] {
    return this.#crawls.map((crawl) => ({ ...crawl }));
  }

  /** Waits until no crawl is running. */
  async idle(): Promise<void> {
    await Promise.all([...this.#crawlers.values()].map((found) => found.underWay));
  }

  #ready(name: string): CrawlerState {
    const found = this.#find(name);
    if (found.state === "READY") return found;
    throw new ServiceError("CrawlerRunningException", `Crawler with name ${name} is running`);
  }

  #find(name: string): CrawlerState {
    const found = this.#crawlers.get(name);
    if (!found) throw new ServiceError("EntityNotFoundException", `Crawler with name ${name} does not exist`);
    return found;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
