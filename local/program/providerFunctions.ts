/** Answers the provider's functions for the account and region; any other function is refused by name. */

/** Answers a call such as `aws.getCallerIdentity()`. */
export function providerFunctions(account: { readonly region: string; readonly accountId: string }) {
  const { region, accountId } = account;
  const answers: Readonly<Record<string, Record<string, string>>> = {
    "aws:index/getCallerIdentity:getCallerIdentity": {
      accountId,
      arn: `arn:aws:iam::${accountId}:root`,
      id: accountId,
      userId: accountId,
    },
    "aws:index/getRegion:getRegion": { id: region, name: region, region },
    "aws:index/getPartition:getPartition": {
      dnsSuffix: "amazonaws.com",
      id: "aws",
      partition: "aws",
      reverseDnsPrefix: "com.amazonaws",
    },
  };
  return async (token: string): Promise<Record<string, string>> => {
    const answer = Object.hasOwn(answers, token) ? answers[token] : undefined;
    if (answer) return answer;
    throw new Error(`local: the provider function ${token} is not simulated; see docs/fidelity.md`);
  };
}
