/** Serves S3's REST protocol; streams objects from and to their files. */
import { createReadStream } from "node:fs";
import type { HttpRequest, HttpResponse } from "../../../cloud/endpoint/http";
import { type CallContext, operationOf, type Service } from "../../../cloud/service";
import type { Buckets } from "../buckets";
import { locate, type ReadInput } from "../operations/read";
import { inputOf } from "./input";
import { errorResponse, responseOf } from "./output";
import { routeOf } from "./route";

export async function answerS3(
  buckets: Buckets,
  service: Service,
  request: HttpRequest,
  context: CallContext,
): Promise<HttpResponse> {
  try {
    const route = routeOf(request);
    const operation = operationOf(service, route.operation);
    const input = await inputOf(request, route);
    buckets.cloud.authorize(context.principal, operation.access(input));
    if (route.operation === "GetObject") return await download(buckets, input as ReadInput, request, context);
    return responseOf(route.operation, (await operation.run(input, context)) as object, request, context);
  } catch (error) {
    return errorResponse(error, request, context);
  }
}

async function download(
  buckets: Buckets,
  input: ReadInput,
  request: HttpRequest,
  context: CallContext,
): Promise<HttpResponse> {
  const { object, range, output } = await locate(buckets, input, context);
  const response = responseOf("GetObject", output, request, context);
  if (object.bytes === 0) return response;
  return { ...response, body: createReadStream(object.path, range && { start: range.first, end: range.last }) };
}
