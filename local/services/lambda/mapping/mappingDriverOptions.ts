/** The inputs of the driver of one event source mapping. */
import type { Principal } from "../../../cloud/iam/principal";
import type { CloudContext } from "../../../cloud/service";
import type { InvocationEnd } from "../functionProcess";
import type { EventSource } from "./kinesisEvent";
import type { MappingSettings } from "./readMappingConfig";

export interface MappingDriverOptions {
  readonly uuid: string;
  readonly settings: MappingSettings;
  readonly cloud: CloudContext;
  /** The function's role. */
  readonly principal: Principal;
  readonly source: EventSource;
  readonly functionArn: string;
  invoke(event: Uint8Array): Promise<InvocationEnd>;
}
