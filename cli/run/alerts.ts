/** What the program's alerts said in a run, read from their topics. */
import type { SnsService } from "../../local/services/sns/service";
import type { LocalCloud } from "../../local/startLocal";
import { counting } from "../terminal/wording";

/** The messages of one component, oldest first. */
export interface SaidAlerts {
  /** The component's logical name. */
  readonly name: string;
  readonly messages: readonly { readonly subject: string; readonly text: string }[];
}

const COMPONENT = "streamlake:index:ContentAlerts";
const TOPIC = "aws:sns/topic:Topic";
/** Of each component's; the rest lie in the topic's file. */
const MAX_SHOWN = 20;

export function saidAlerts({ resources, service }: Pick<LocalCloud, "resources" | "service">): SaidAlerts[] {
  const topics = (service("sns") as SnsService).topics();
  return resources
    .filter(({ type }) => type === COMPONENT)
    .map(({ name, urn }) => {
      const own = resources.filter(({ type, parent }) => type === TOPIC && parent === urn).map(({ id }) => id);
      const messages = topics.filter(({ arn }) => own.includes(arn)).flatMap((topic) => topic.messages);
      return {
        name,
        messages: messages.map(({ subject = "A batch was given up", body }) => ({ subject, text: textOf(body) })),
      };
    });
}

/** An alert's text; of a batch that was given up, which records rules have not seen. */
function textOf(body: string): string {
  const { text, KinesisBatchInfo: batch } = JSON.parse(body) as {
    text?: string;
    KinesisBatchInfo?: { batchSize: number; shardId: string; startSequenceNumber: string };
  };
  if (text !== undefined || !batch) return text ?? body;
  return `${counting(batch.batchSize, "record")} of ${batch.shardId}, from ${batch.startSequenceNumber}`;
}

export function alertLines({ messages }: SaidAlerts): string[] {
  if (messages.length === 0) return ["  nothing to say"];
  const more = messages.length - MAX_SHOWN;
  return [
    ...messages.slice(0, MAX_SHOWN).map(({ subject, text }) => `  ${subject}: ${text}`),
    ...(more > 0 ? [`  … and ${counting(more, "message")} more`] : []),
  ];
}
