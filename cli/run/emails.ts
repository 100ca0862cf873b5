/** Reads the messages of a run that AWS would send by e-mail. */
import type { SnsService } from "../../local/services/sns/service";
import type { LocalCloud } from "../../local/startLocal";
import { brief } from "../terminal/brief";
import { counting } from "../terminal/wording";

/** A topic with e-mail subscriptions. */
export interface TopicEmails {
  /** The topic's name. */
  readonly topic: string;
  readonly to: readonly string[];
  /** Oldest first. */
  readonly messages: readonly { readonly subject: string; readonly text: string }[];
}

/** The subject of messages without one (SNS developer guide, e-mail notifications). */
const NO_SUBJECT = "AWS Notification Message";
/** The maximum number of messages shown for a topic; the topic's file has all. */
const MAX_SHOWN = 5;

export function readEmails({ service }: Pick<LocalCloud, "service">): TopicEmails[] {
  return (service("sns") as SnsService)
    .topics()
    .filter(({ emails }) => emails.length > 0)
    .map(({ arn, emails, messages }) => ({
      topic: arn.slice(arn.lastIndexOf(":") + 1),
      to: emails,
      messages: messages.map(({ subject = NO_SUBJECT, body }) => ({ subject, text: body })),
    }));
}

export function emailLines({ to, messages }: TopicEmails): string[] {
  const more = messages.length - MAX_SHOWN;
  const once = `AWS sends to ${to.join(", ")} once ${to.length === 1 ? "it has" : "they have"} confirmed`;
  return [
    `  ${messages.length === 0 ? "no messages" : counting(messages.length, "message")}, not sent from here; ${once}`,
    ...messages.slice(0, MAX_SHOWN).map(({ subject, text }) => `  ${subject}: ${brief(text)}`),
    ...(more > 0 ? [`  … and ${counting(more, "message")} more`] : []),
  ];
}
