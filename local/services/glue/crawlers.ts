/** Glue crawlers and their states: READY, RUNNING, STOPPING and READY again. */
import type { Clock } from "../../cloud/clock";
import { ServiceError } from "../../cloud/service";
import type { Crawler } from "./crawl";

/** The result of a crawl in the form of Glue's API; times are seconds since the epoch. */
interface LastCrawl {
  readonly Status: "SUCCEEDED" | "FAILED";
  readonly ErrorMessage?: string;
  readonly StartTime: number;
}

interface CrawlerState {
  crawler: Crawler;
  state: "READY" | "RUNNING" | "STOPPING";
  lastCrawl?: LastCrawl;
  underWay?: Promise<void>;
}

export class Crawlers {
  readonly #crawlers = new Map<string, CrawlerState>();

  /** @param work runs a crawl; the message of an error that it throws becomes the crawl's error message */
  constructor(
    private readonly clock: Clock,
    private readonly work: (crawler: Crawler) => Promise<void>,
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
    const StartTime = this.clock.now() / 1000;
    const end = async (last: LastCrawl) => {
      found.state = "STOPPING";
      found.lastCrawl = last;
      await new Promise((resolve) => setImmediate(resolve));
      found.state = "READY";
    };
    found.underWay = this.work(found.crawler).then(
      () => end({ Status: "SUCCEEDED", StartTime }),
      (error: unknown) => end({ Status: "FAILED", ErrorMessage: messageOf(error), StartTime }),
    );
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
