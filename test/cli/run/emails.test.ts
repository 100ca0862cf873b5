import { emailLines, readEmails } from "../../../cli/run/emails";
import type { LocalCloud } from "../../../local/startLocal";

const ARN = "arn:aws:sns:us-east-1:000000000000:etl-failures";

function cloud(emails: readonly string[], messages: readonly object[]): Pick<LocalCloud, "service"> {
  const topics = [
    { arn: ARN, emails, messages },
    { arn: `${ARN}-2`, emails: [], messages: [{ body: "of another" }] },
  ];
  return { service: () => ({ topics: () => topics }) as never };
}

test("topics with addresses are read, with the subject that AWS sends", () => {
  const messages = [{ subject: "An hour failed", body: '{"failures":[]}' }, { body: "bare" }];
  expect(readEmails(cloud(["a@example.com"], messages))).toEqual([
    {
      topic: "etl-failures",
      to: ["a@example.com"],
      messages: [
        { subject: "An hour failed", text: '{"failures":[]}' },
        { subject: "AWS Notification Message", text: "bare" },
      ],
    },
  ]);
  expect(readEmails(cloud([], messages))).toEqual([]);
});

test("five messages are shown on a line each, and how many more there are", () => {
  const messages = Array.from({ length: 7 }, (_, n) => ({
    subject: "An hour failed",
    text: `{\n"hour": ${n}}\u001b[31m`,
  }));
  const to = ["a@example.com", "b@example.com"];
  const lines = emailLines({ topic: "etl-failures", to, messages });
  expect(lines).toHaveLength(7);
  expect(lines[0]).toBe(
    "  7 messages, not sent from here; AWS sends to a@example.com, b@example.com once they have confirmed",
  );
  expect(lines[1]).toBe('  An hour failed: { "hour": 0} [31m');
  expect(lines[6]).toBe("  … and 2 messages more");
  expect(emailLines({ topic: "etl-failures", to: ["a@example.com"], messages: [] })).toEqual([
    "  no messages, not sent from here; AWS sends to a@example.com once it has confirmed",
  ]);
});
