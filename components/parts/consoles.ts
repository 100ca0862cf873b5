/** The addresses of AWS's consoles, which differ by partition. */
import type { ArnParts } from "./arn";

type Place = Pick<ArnParts, "partition" | "region">;

const CONSOLE_DOMAINS: Readonly<Record<string, string>> = {
  "aws-cn": "console.amazonaws.cn",
  "aws-us-gov": "console.amazonaws-us-gov.com",
};

/** The address of the AWS console, with a slash at its end. */
export function consoleOf({ partition, region }: Place): string {
  return `https://${region}.${CONSOLE_DOMAINS[partition] ?? "console.aws.amazon.com"}/`;
}

/** The website of QuickSight, with a slash at its end: https://docs.aws.amazon.com/quick/latest/userguide/regions.html */
export function quickSightOf({ partition, region }: Place): string {
  if (partition === "aws-us-gov") return `https://quicksight.${region}.amazonaws.com/`;
  return `https://${region}.quicksight.${partition === "aws-cn" ? "amazonaws.cn" : "aws.amazon.com"}/`;
}
