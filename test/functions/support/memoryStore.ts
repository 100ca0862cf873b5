/** An object store in memory, in which no time passes, that counts its requests as S3 bills them, and fails where it is told to. */
import type { ObjectStore } from "../../../functions/effects/objectStore";

export interface MemoryStore extends ObjectStore {
  readonly objects: Map<string, Uint8Array>;
  /** Requests in the order they began: `"PUT raw/…"`, `"LIST raw/"`. */
  readonly requests: string[];
  /** Most requests that were under way at once. */
  readonly mostConcurrent: () => number;
}

/** @param fault the error of a request, or undefined to let it pass; called with `"PUT raw/…"` */
export function memoryStore(
  content: Record<string, string | Uint8Array> = {},
  fault: (request: string) => Error | undefined = () => undefined,
): MemoryStore {
  const objects = new Map(Object.entries(content).map(([key, body]) => [key, Buffer.from(body as string)]));
  const requests: string[] = [];
  let underWay = 0;
  let most = 0;

  async function request<Result>(name: string, run: () => Result): Promise<Result> {
    requests.push(name);
    underWay += 1;
    most = Math.max(most, underWay);
    await new Promise((resolve) => setImmediate(resolve));
    underWay -= 1;
    const error = fault(name);
    if (error) throw error;
    return run();
  }

  return {
    objects: objects as Map<string, Uint8Array>,
    requests,
    mostConcurrent: () => most,
    putIfAbsent: (key, body) =>
      request(`PUT ${key}`, () => {
        if (objects.has(key)) return "present";
        objects.set(key, Buffer.from(body));
        return "created";
      }),
    getVersion: (key) =>
      request(`GET ${key}`, () => {
        const body = objects.get(key);
        return body && { body, version: Buffer.from(body).toString("base64") };
      }),
    putIfUnchanged: (key, body, version) =>
      request(`PUT ${key}`, () => {
        const before = objects.get(key);
        if ((before && Buffer.from(before).toString("base64")) !== version) return false;
        objects.set(key, Buffer.from(body));
        return true;
      }),
    put: (key, body) => request(`PUT ${key}`, () => void objects.set(key, Buffer.from(body))),
    get: (key) => request(`GET ${key}`, () => objects.get(key)),
    getRange: (key, start, end) =>
      request(`GET ${key} ${start}-${end}`, () => {
        const body = objects.get(key);
        if (!body) throw new Error(`no object "${key}"`);
        return body.subarray(start, end);
      }),
    async *list(prefix) {
      const found = await request(`LIST ${prefix}`, () => [...objects.keys()].filter((key) => key.startsWith(prefix)));
      for (const key of found.sort()) yield { key, size: objects.get(key)?.length ?? 0, modifiedMillis: 0 };
    },
    listPage: (prefix, after) =>
      request(`LIST ${prefix}`, () => {
        const found = [...objects.keys()].filter((key) => key.startsWith(prefix) && key > after).sort();
        const page = found.slice(0, 1000);
        return {
          objects: page.map((key) => ({ key, size: objects.get(key)?.length ?? 0, modifiedMillis: 0 })),
          isLast: page.length === found.length,
        };
      }),
    delete: (key) => request(`DELETE ${key}`, () => void objects.delete(key)),
    async *listFolders(prefix) {
      const below = await request(`LIST ${prefix} by /`, () =>
        [...objects.keys()].filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length)),
      );
      const folders = new Set(below.filter((rest) => rest.includes("/")).map((rest) => rest.split("/", 1)[0]));
      for (const folder of [...folders].sort()) yield `${prefix}${folder}/`;
    },
  };
}
