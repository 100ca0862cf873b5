/** ARNs of Redshift Serverless: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonredshiftserverless.html */
import type { CloudContext } from "../../cloud/service";

export function arnOf({ region, accountId }: CloudContext, kind: string, id: string): string {
  return `arn:aws:redshift-serverless:${region}:${accountId}:${kind}/${id}`;
}
