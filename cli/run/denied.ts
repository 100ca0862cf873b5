/** Describes denied calls. */
import type { DeniedCall } from "../../local/cloud/iam/usage";

/** Lists each denied call once, with its count: `router-role may not s3:PutObject on arn:… (3 times)`. */
export function deniedTexts(denied: readonly DeniedCall[]): string[] {
  const counts = new Map<string, number>();
  for (const { principal, action, resource } of denied) {
    const text = `${shortRole(principal)} may not ${action} on ${resource}`;
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return [...counts].map(([text, times]) => (times > 1 ? `${text} (${times} times)` : text));
}

/** The name of the role in an ARN. */
export function shortRole(arn: string): string {
  return arn.slice(arn.lastIndexOf("/") + 1);
}
