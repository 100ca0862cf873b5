/** The interface of a topic for handlers, and its implementation on SNS without the SNS client. */
import { type SignedCallOptions, type SignedService, signedCalls } from "./signedCalls";

export interface Topic {
  /** @returns the message's id */
  publish(message: { readonly subject: string; readonly body: string }): Promise<string>;
}

/** Uses SNS's query protocol: the request is a form, the response XML. The request goes to the Region of the topic's ARN. */
export function snsTopic(topicArn: string, options: SignedCallOptions = {}): Topic {
  const [, , , region = ""] = topicArn.split(":");
  const call = signedCalls(SNS, { region, ...options });
  return {
    async publish({ subject, body }) {
      const form = { Action: "Publish", Version: "2010-03-31", TopicArn: topicArn, Subject: subject, Message: body };
      const fields = Object.entries(form).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
      const id = await call({ "content-type": "application/x-www-form-urlencoded" }, fields.join("&"));
      if (typeof id !== "string") throw new Error("SNS answered without a MessageId");
      return id;
    },
  };
}

const SNS: SignedService = {
  name: "sns",
  // From the SDK's endpoint rules for SNS.
  plainFipsRegions: ["us-gov-east-1", "us-gov-west-1"],
  read: (text) => textOf(text, "MessageId"),
  readError: (text) => ({ code: textOf(text, "Code"), message: textOf(text, "Message") }),
};

/** The text of the first element with that name; ids and codes contain no characters that XML escapes. */
function textOf(xml: string, element: string): string | undefined {
  return new RegExp(`<${element}>([^<]*)</${element}>`).exec(xml)?.[1];
}
