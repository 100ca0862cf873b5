/** `sns:publish`: a message to a topic. A message that is not text is sent as its JSON. */
import { withoutUndefined } from "../../../cloud/json";
import { argumentsOf, type Integration, withErrorNames } from "./integration";

const ERRORS = { prefix: "SNS", accessDenied: "AuthorizationErrorException" };

export const snsPublish: Integration = async (call, service) => {
  const { TopicArn, Message, Subject } = argumentsOf(call, ["TopicArn", "Message", "Subject"], ["TopicArn", "Message"]);
  const text = typeof Message === "string" ? Message : JSON.stringify(Message);
  const input = withoutUndefined({ TopicArn, Message: text, Subject });
  const { MessageId } = (await withErrorNames(ERRORS, () => service("sns", "Publish", input))) as { MessageId: string };
  return { MessageId };
};
