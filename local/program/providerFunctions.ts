/** Answers the provider's functions: from the file of look-ups, or for the account and region; others are refused by name. */
import { functionResult, type Lookups, unanswered } from "./lookups";

interface Place {
  readonly region: string;
  readonly accountId: string;
}

/**
 * Answers a call such as `aws.getCallerIdentity()`.
 *
 * @param placeOf the region and account of an explicit provider, by its reference
 */
export function providerFunctions(
  place: Place,
  lookups: Lookups = {},
  placeOf: (provider: string) => Place = () => place,
) {
  return async (token: string, inputs: Record<string, unknown>, provider = ""): Promise<Record<string, unknown>> => {
    const found = functionResult(lookups, token, inputs);
    if (found) return found;
    const { region, accountId } = placeOf(provider);
    switch (token) {
      case "aws:index/getCallerIdentity:getCallerIdentity":
        return { accountId, arn: `arn:aws:iam::${accountId}:root`, id: accountId, userId: accountId };
      case "aws:index/getRegion:getRegion":
        return { id: region, name: region, region };
      case "aws:index/getPartition:getPartition":
        return { dnsSuffix: "amazonaws.com", id: "aws", partition: "aws", reverseDnsPrefix: "com.amazonaws" };
      default: {
        const args = Object.fromEntries(Object.entries(inputs).filter(([, value]) => value !== undefined));
        throw unanswered(`the function ${token}`, { functions: { [token]: [{ args, result: {} }] } });
      }
    }
  };
}
