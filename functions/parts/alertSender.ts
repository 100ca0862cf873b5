/** Sends each alert once per window, and a bounded number of messages, with any number of senders. */
import { type Alert, claimKey, slotKey } from "../../lake/alerts";
import { isoOf } from "../../lake/hour";
import type { ObjectStore } from "../effects/objectStore";
import type { Topic } from "../effects/topic";

export interface AlertSenderConfig {
  /** Prefix of the claims; ends with `/`. */
  readonly prefix: string;
  /** Maximum number of messages in one window. */
  readonly messagesPerWindow: number;
}

export interface AlertSenderEffects {
  readonly store: Pick<ObjectStore, "putIfAbsent" | "put" | "get">;
  readonly topic: Topic;
  /** The stream's name, for the message. */
  readonly stream: string;
}

/** The row that raised an alert. */
export interface AlertSource {
  /** The row's `_id`. */
  readonly row: string;
  readonly arrivedMillis: number;
  readonly window: string;
}

/** `held`: the window has sent its maximum number of messages. */
export type AlertOutcome = "sent" | "repeated" | "held";

export type AlertSender = (alert: Alert, source: AlertSource) => Promise<AlertOutcome>;

/** The content of a claim: the alert, the row that raised it and, once sent, the message's id. */
interface Claim extends Alert {
  readonly row: string;
  readonly messageId?: string;
}

interface KnownWindow {
  /** Keys of claims that are sent or belong to another row. */
  readonly settled: Set<string>;
  /** Keys of claims that have a message slot but are not sent yet. */
  readonly unsent: Set<string>;
  nextSlot: number;
}

/** Maximum number of windows in memory: enough for shards whose records are hours apart. */
const MAX_WINDOWS = 64;

/**
 * A claim is an object that only one sender can create. Its creator also creates one of the window's message objects,
 * sends the message, and writes the message's id into the claim. If it fails in between, the batch is redelivered, and
 * the sender recognizes the claim by its row. A message is sent twice only if the function ends between sending and
 * writing the id.
 */
export function createAlertSender(config: AlertSenderConfig, effects: AlertSenderEffects): AlertSender {
  const { prefix, messagesPerWindow } = config;
  const { store, topic, stream } = effects;
  const windows = new Map<string, KnownWindow>();

  function windowNamed(name: string): KnownWindow {
    let known = windows.get(name);
    if (!known) {
      known = { settled: new Set(), unsent: new Set(), nextSlot: 0 };
      windows.set(name, known);
      const [oldest] = windows.keys();
      if (windows.size > MAX_WINDOWS && oldest !== undefined) windows.delete(oldest);
    }
    return known;
  }

  /** Takes a message slot of the window for this claim; undefined if all slots are taken. */
  async function takeSlot(known: KnownWindow, window: string, key: string, isResumed: boolean) {
    for (let slot = isResumed ? 0 : known.nextSlot; slot < messagesPerWindow; slot += 1) {
      const slotObject = slotKey(prefix, window, slot);
      const taken = await store.putIfAbsent(slotObject, json({ claim: key }));
      known.nextSlot = Math.max(known.nextSlot, slot + 1);
      if (taken === "created") return slot;
      if (isResumed && (await read<{ claim: string }>(store, slotObject)).claim === key) return slot;
    }
    return undefined;
  }

  return async (alert, source) => {
    const { window, row } = source;
    const known = windowNamed(window);
    const key = claimKey(prefix, window, alert);
    if (known.settled.has(key)) return "repeated";
    // Needs no request: during a flood, nearly all alerts end here.
    if (known.nextSlot >= messagesPerWindow && !known.unsent.has(key)) return "held";

    const claim: Claim = { ...alert, row };
    const isResumed = (await store.putIfAbsent(key, json(claim))) === "present";
    if (isResumed) {
      const first = await read<Claim>(store, key);
      if (first.row !== row || first.messageId !== undefined) {
        known.settled.add(key);
        return "repeated";
      }
    }
    const slot = await takeSlot(known, window, key, isResumed);
    if (slot === undefined) return "held";
    known.unsent.add(key);

    const isLast = slot === messagesPerWindow - 1;
    const messageId = await topic.publish(messageOf(alert, source, stream, isLast));
    await store.put(key, json({ ...claim, messageId }));
    known.unsent.delete(key);
    known.settled.add(key);
    return "sent";
  };
}

/** JSON, so that subscriptions can filter on it (`FilterPolicyScope: MessageBody`). */
function messageOf(
  { rule, text }: Alert,
  { row, arrivedMillis, window }: AlertSource,
  stream: string,
  isLast: boolean,
) {
  const arrived = isoOf(arrivedMillis);
  const note = isLast ? { note: `The last message of the window ${window}; further alerts of it are held back.` } : {};
  return {
    subject: `Alert: ${rule}`,
    body: JSON.stringify({ rule, text, stream, row, arrived, window, ...note }, null, 2),
  };
}

function json(value: object): Uint8Array {
  return Buffer.from(`${JSON.stringify(value)}\n`);
}

async function read<Content>(store: AlertSenderEffects["store"], key: string): Promise<Content> {
  const body = await store.get(key);
  if (!body) throw new Error(`alerts: "${key}" was there and is not any more`);
  return JSON.parse(Buffer.from(body).toString("utf8")) as Content;
}
