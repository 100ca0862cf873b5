/** Reads the messages that the program's alerts published in a run. */
import type { SnsService } from "../../local/services/sns/service";
import type { LocalCloud } from "../../local/startLocal";
import { counting } from "../terminal/wording";

/** The messages of one component, oldest first. */
export interface AlertMessages {
  /** The component's logical name. */
  readonly name: string;
  readonly messages: readonly { readonly subject: string; readonly text: string }[];
}

const COMPONENT = "streamlake:index:ContentAlerts";
const TOPIC = "aws:sns/topic:Topic";
/** The maximum number of messages shown for a component; the file of the topic has all. */
const MAX_SHOWN = 20;

export function readAlerts({ resources, service }: Pick<LocalCloud, "resources" | "service">): AlertMessages[] {
  const topics = (service("sns") as SnsService).topics();
  return resources
    .filter(({ type }) => type === COMPONENT)
    .map(({ name, urn }) => {
      const own = resources.filter(({ type, parent }) => type === TOPIC && parent === urn).map(({ id }) => id);
      const messages = topics.filter(({ arn }) => own.includes(arn)).flatMap((topic) => topic.messages);
      return {
        name,
        messages: messages.map(({ subject = "A batch was discarded", body }) => ({ subject, text: textOf(body) })),
      };
    });
}

/** The text of an alert; for a discarded batch, the records that the rules did not evaluate. */
function textOf(body: string): string {
  const { text, KinesisBatchInfo: batch } = JSON.parse(body) as {
    text?: string;
    KinesisBatchInfo?: { batchSize: number; shardId: string; startSequenceNumber: string };
  };
  if (text !== undefined || !batch) return text ?? body;
  return `${counting(batch.batchSize, "record")} of ${batch.shardId}, from ${batch.startSequenceNumber}`;
}

export function alertLines({ messages }: AlertMessages): string[] {
  if (messages.length === 0) return ["  no alerts"];
  const more = messages.length - MAX_SHOWN;
  return [
    ...messages.slice(0, MAX_SHOWN).map(({ subject, text }) => `  ${subject}: ${text}`),
    ...(more > 0 ? [`  … and ${counting(more, "message")} more`] : []),
  ];
}
