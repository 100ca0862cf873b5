/** Lambda's REST protocol, as far as it is simulated: Invoke. https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
import { bytesOf, type HttpRequest, type HttpResponse } from "../../cloud/endpoint/http";
import { type Access, type CallContext, type Operation, ServiceError } from "../../cloud/service";
import type { InvokeInput, InvokeOutput } from "./invoke";

const INVOKE = /^\/2015-03-31\/functions\/([^/]+)\/invocations\/?$/;

export function invokeFront(
  invoke: Operation<InvokeInput, InvokeOutput>,
  authorize: (context: CallContext, access: readonly Access[]) => void,
): (request: HttpRequest, context: CallContext) => Promise<HttpResponse> {
  return async (request, context) => {
    const name = INVOKE.exec(request.path)?.[1];
    if (request.method !== "POST" || name === undefined) {
      throw new ServiceError(
        "UnknownOperationException",
        `local/lambda: ${request.method} ${request.path} is not simulated; see docs/fidelity.md`,
        404,
      );
    }
    const type = request.headers["x-amz-invocation-type"] as InvokeInput["InvocationType"];
    const body = await bytesOf(request.body);
    const input: InvokeInput = {
      FunctionName: decodeURIComponent(name),
      ...(type && { InvocationType: type }),
      ...(body.length > 0 && { Payload: body }),
    };
    authorize(context, invoke.access(input));
    const { StatusCode, FunctionError, ExecutedVersion, Payload } = await invoke.run(input, context);
    const headers = {
      "content-type": "application/json",
      "x-amzn-requestid": context.requestId,
      "x-amz-executed-version": ExecutedVersion,
      ...(FunctionError && { "x-amz-function-error": FunctionError }),
    };
    return { status: StatusCode, headers, body: Payload };
  };
}
