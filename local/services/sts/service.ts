/** STS: returns the identity of the caller. */
import type { Cloud } from "../../cloud/cloud";
import type { CallContext, Operation, Service } from "../../cloud/service";

export function stsService(cloud: Pick<Cloud, "accountId" | "arnOf">): Service {
  // AWS requires no permission either: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
  const getCallerIdentity: Operation<object> = {
    access: () => [],
    run: (_input, { principal }: CallContext) => {
      const arn = cloud.arnOf(principal);
      return {
        UserId: principal.kind === "role" ? "AROALOCAL:local" : cloud.accountId,
        Account: cloud.accountId,
        Arn: arn,
      };
    },
  };
  return { name: "sts", resources: {}, operations: { GetCallerIdentity: getCallerIdentity } };
}
