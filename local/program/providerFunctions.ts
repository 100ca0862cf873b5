/** Answers the provider's functions: from the file of look-ups, or for the account and region; others are refused by name. */
import { availabilityZones } from "./declaredResource";
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
      case "aws:index/getAvailabilityZones:getAvailabilityZones":
        if (isPlain(inputs)) return availabilityZones(region);
        throw unansweredFunction(token, inputs);
      case "aws:index/getPartition:getPartition":
        return { dnsSuffix: "amazonaws.com", id: "aws", partition: "aws", reverseDnsPrefix: "com.amazonaws" };
      default:
        throw unansweredFunction(token, inputs);
    }
  };
}

/** True for a call that asks for all zones, or those that are available. */
function isPlain({ state = "available", region: _region, ...others }: Record<string, unknown>): boolean {
  return state === "available" && Object.values(others).every((value) => value === undefined);
}

function unansweredFunction(token: string, inputs: Record<string, unknown>): Error {
  const args = Object.fromEntries(Object.entries(inputs).filter(([, value]) => value !== undefined));
  return unanswered(`the function ${token}`, { functions: { [token]: [{ args, result: {} }] } });
}
