/** The calls of `cli/run/athena` over the network, by a client of the AWS SDK. */
import * as athena from "@aws-sdk/client-athena";
import type { CallService } from "../run/athena";

export function athenaCalls(client: athena.AthenaClient): CallService {
  return (operation, input) => {
    switch (operation) {
      case "StartQueryExecution":
        return client.send(new athena.StartQueryExecutionCommand(input as athena.StartQueryExecutionInput));
      case "GetQueryExecution":
        return client.send(new athena.GetQueryExecutionCommand(input as athena.GetQueryExecutionInput));
      case "GetQueryResults":
        return client.send(new athena.GetQueryResultsCommand(input as athena.GetQueryResultsInput));
      case "StopQueryExecution":
        return client.send(new athena.StopQueryExecutionCommand(input as athena.StopQueryExecutionInput));
      default:
        throw new Error(`Athena operation ${operation} is not used here`);
    }
  };
}
