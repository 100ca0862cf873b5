/** The simulated account of a run: its services, the principals that call them, and the calls between services. */
import type { VisitHandler } from "./endpoint/visit";
import type { Principal } from "./iam/principal";
import type { Roles } from "./iam/roles";
import type { Usage } from "./iam/usage";
import type { CloudContext, Service } from "./service";

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

export interface Cloud extends CloudContext {
  /** The roles that decide every call; the `iam` service fills them. */
  readonly roles: Roles;
  /** Adds services. Throws if a name is taken. */
  register(...services: readonly Service[]): void;
  services(): readonly Service[];
  /** Serves every registered service on 127.0.0.1; port 0 takes a free one. Resolves to the URL. */
  listen(port: number): Promise<string>;
  /** Credentials for a process whose calls are made as this principal. */
  credentialsFor(principal: Principal): Credentials;
  /** The principal that these credentials belong to; the caller for unknown ones. */
  principalOf(accessKeyId: string | undefined): Principal;
  /** The ARN of a principal's session: `arn:aws:sts::…:assumed-role/…`. */
  arnOf(principal: Principal): string;
  nextRequestId(): string;
  /** From now on, answers `GET /` of browsers, and requests below `CONTROL_PATH`. Without it, they are calls of S3. */
  onVisit(handler: VisitHandler): void;
  visitHandler(): VisitHandler | undefined;
  usage(): Usage;
  /** The number of allowed calls by action, `"s3:PutObject"`. */
  calls(): Readonly<Record<string, number>>;
  /** Closes the endpoint, then stops every service, last registered first. */
  stop(): Promise<void>;
}

export type CloudOptions = Pick<CloudContext, "region" | "accountId" | "clock" | "random" | "dataDir"> & {
  /** @default false */
  readonly redeliver?: boolean;
};
