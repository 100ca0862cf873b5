/** The Invoke operation, as the SDK shapes it. */

export interface InvokeInput {
  readonly FunctionName: string;
  readonly InvocationType?: "RequestResponse" | "DryRun" | "Event";
  /** JSON; `{}` when absent. */
  readonly Payload?: string | Uint8Array;
}

export interface InvokeOutput {
  readonly StatusCode: number;
  readonly FunctionError?: "Unhandled";
  readonly ExecutedVersion: "$LATEST";
  readonly Payload: Uint8Array;
}
