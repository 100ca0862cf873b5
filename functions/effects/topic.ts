/** The topic as handlers see it, and the one on SNS. */
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";

export interface Topic {
  /** @returns the message's id */
  publish(message: { readonly subject: string; readonly body: string }): Promise<string>;
}

const REQUEST_TIMEOUT_MILLIS = 10_000;
const CONNECTION_TIMEOUT_MILLIS = 3_000;
const ATTEMPTS = 4;

/** @param client defaults to one made from the environment */
export function snsTopic(topicArn: string, client: SNSClient = environmentClient()): Topic {
  return {
    async publish({ subject, body }) {
      const { MessageId } = await client.send(
        new PublishCommand({ TopicArn: topicArn, Subject: subject, Message: body }),
      );
      if (MessageId === undefined) throw new Error("SNS answered without a MessageId");
      return MessageId;
    },
  };
}

function environmentClient(): SNSClient {
  return new SNSClient({
    maxAttempts: ATTEMPTS,
    // Without throwOnRequestTimeout the SDK only warns, and goes on waiting.
    requestHandler: {
      connectionTimeout: CONNECTION_TIMEOUT_MILLIS,
      requestTimeout: REQUEST_TIMEOUT_MILLIS,
      throwOnRequestTimeout: true,
    },
  });
}
