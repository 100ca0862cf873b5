/** Calls Glue without its client, whose 270 operations are larger than the rest of a package. */
import { type SignedCallOptions, type SignedService, signedCalls } from "./signedCalls";

/** @throws CallError with the answer's code, or the error of the connection, after the last attempt */
export type GlueCall = (operation: string, input: object) => Promise<unknown>;

/** Glue's JSON protocol. */
export function glueCalls(options: SignedCallOptions = {}): GlueCall {
  const call = signedCalls(GLUE, options);
  return (operation, input) => {
    const headers = { "content-type": "application/x-amz-json-1.1", "x-amz-target": `AWSGlue.${operation}` };
    return call(headers, JSON.stringify(input));
  };
}

const GLUE: SignedService = {
  name: "glue",
  read: (text) => JSON.parse(text),
  readError(text, headers) {
    const { __type, message, Message } = parsed(text);
    // `aws.glue#EntityNotFoundException:http://…`: the code is between `#` and `:` (Smithy, AWS JSON protocols).
    const code = headers.get("x-amzn-errortype") ?? __type;
    return { code: code?.replace(/:.*$/s, "").replace(/^.*#/s, ""), message: message ?? Message };
  },
};

/** Returns no fields if the text is not JSON, as in a proxy's error; the HTTP status is enough. */
function parsed(text: string): Record<string, string | undefined> {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}
