/** Asks the console's server, with the token of the page's address; a page that is a file has the answers in itself. */
import { useEffect, useState } from "preact/hooks";
import type { Live, LogLine, PageAnswers, Refused } from "./wire";

const token = new URLSearchParams(location.search).get("token") ?? "";
const inPage = document.getElementById("answers")?.textContent;
const saved = inPage ? (JSON.parse(inPage) as PageAnswers) : undefined;
/** True for a page without a server: `streamlake local --html`. */
export const isFile = saved !== undefined;

async function ask<T>(path: string, init: RequestInit = {}): Promise<T> {
  if (saved) {
    if (Object.hasOwn(saved.answers, path)) return saved.answers[path] as T;
    throw new Error("this page does not have it; streamlake console shows the whole run");
  }
  let response: Response;
  try {
    response = await fetch(`api/${path}`, { ...init, headers: { "x-streamlake-token": token } });
  } catch {
    throw new Error("the server does not answer; the run has ended (npx streamlake console opens its files)");
  }
  const value: unknown = await response.json();
  if (!response.ok) throw new Error((value as Refused).error);
  return value as T;
}

export function get<T>(path: string, query: Readonly<Record<string, string>> = {}): Promise<T> {
  const search = new URLSearchParams(query).toString();
  // The server reads "+" as itself.
  return ask<T>(search === "" ? path : `${path}?${search.replaceAll("+", "%20")}`);
}

export function post<T>(path: string, body: unknown): Promise<T> {
  return ask<T>(path, { method: "POST", body: JSON.stringify(body) });
}

/** The address of a file that the browser saves. */
export function fileAddress(path: string, query: Readonly<Record<string, string>>): string {
  return `api/${path}?${new URLSearchParams({ ...query, token })}`;
}

export interface Loaded<T> {
  readonly value?: T;
  readonly error?: string;
}

/** Loads again when `version` changes; the former value stays meanwhile. */
export function useLoaded<T>(load: () => Promise<T>, version: unknown): Loaded<T> {
  const [loaded, setLoaded] = useState<Loaded<T>>({});
  useEffect(() => {
    let isCurrent = true;
    const keep = (next: Loaded<T>) => {
      if (isCurrent) setLoaded((before) => ({ ...(before.value !== undefined && { value: before.value }), ...next }));
    };
    load().then(
      (value) => isCurrent && setLoaded({ value }),
      (error: Error) => keep({ error: error.message }),
    );
    return () => {
      isCurrent = false;
    };
  }, [version]);
  return loaded;
}

/** Calls `onLines` with the lines that are added to logs; the returned function ends it. */
export function followLogs(query: Readonly<Record<string, string>>, onLines: (lines: LogLine[]) => void): () => void {
  const search = new URLSearchParams({ ...query, token }).toString();
  const events = new EventSource(`api/log-events?${search.replaceAll("+", "%20")}`);
  events.onmessage = ({ data }) => onLines(JSON.parse(data) as LogLine[]);
  return () => events.close();
}

export interface LiveState {
  readonly live?: Live;
  readonly isConnected: boolean;
}

/** Follows the run; the browser connects again by itself. */
export function useLive(): LiveState {
  const [state, setState] = useState<LiveState>({ ...(saved && { live: saved.live }), isConnected: false });
  useEffect(() => {
    if (saved) return undefined;
    const events = new EventSource(`api/events?token=${encodeURIComponent(token)}`);
    events.onmessage = ({ data }) => setState({ live: JSON.parse(data) as Live, isConnected: true });
    events.onerror = () => setState((before) => ({ ...before, isConnected: false }));
    return () => events.close();
  }, []);
  return state;
}
