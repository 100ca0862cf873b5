/** An inline function of its own: it forwards failures of the hourly step to a chat, by a secret web address. */
import { Permission } from "@pulumi/aws/lambda";
import { TopicSubscription } from "@pulumi/aws/sns";
import { Parameter } from "@pulumi/aws/ssm";
import { Config } from "@pulumi/pulumi";
import { CallbackFunction, DataLake, HourlyEtl } from "streamlake";

const lake = new DataLake("lake");
const hourly = new HourlyEtl("hourly", { lake });
const address = new Parameter("chat-address", {
  type: "SecureString",
  value: new Config("shop").requireSecret("chat"),
});

const notify = new CallbackFunction("notify", {
  description: "Forwards failures to the chat",
  secrets: { CHAT: { parameterArn: address.arn } },
  factory:
    ({ secret }) =>
    async ({ Records }: { Records: { Sns: { Message: string } }[] }) => {
      for (const { Sns } of Records) {
        const answer = await fetch(secret("CHAT"), { method: "POST", body: JSON.stringify({ text: Sns.Message }) });
        if (!answer.ok) throw new Error(`the chat answered ${answer.status}`);
      }
    },
});
new TopicSubscription("failures-to-chat", {
  topic: hourly.failureTopicArn,
  protocol: "lambda",
  endpoint: notify.nodes.function.arn,
});
new Permission("failures-may-call", {
  action: "lambda:InvokeFunction",
  function: notify.nodes.function.name,
  principal: "sns.amazonaws.com",
  sourceArn: hourly.failureTopicArn,
});

export const functionName = notify.nodes.function.name;
