/** Stores the messages of a topic or queue in a file, one JSON line each, so that they can be read after the run. */
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";

export interface Message {
  readonly messageId: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly body: string;
  readonly subject?: string;
  readonly attributes?: Readonly<Record<string, unknown>>;
}

export class MessageLog {
  private readonly path: string;

  /** @param kind `"sns"` or `"sqs"`: the folder under the data directory */
  constructor(dataDir: string, kind: string, name: string) {
    this.path = join(dataDir, kind, `${name}.ndjson`);
  }

  add(message: Message): void {
    mkdirSync(dirname(this.path), { recursive: true });
    appendFileSync(this.path, `${JSON.stringify(message)}\n`);
  }

  /** Deletes the file with its topic or queue, so that a new one with the same name starts empty. */
  remove(): void {
    rmSync(this.path, { force: true });
  }

  all(): Message[] {
    if (!existsSync(this.path)) return [];
    const lines = readFileSync(this.path, "utf8").split("\n").slice(0, -1);
    return lines.map((line) => JSON.parse(line) as Message);
  }
}
