/** Provides what the SDK's clients take from the environment, for signed calls without a client. */
import { defaultProvider } from "@aws-sdk/credential-provider-node";
import { Sha256 } from "@smithy/core/checksum";
import {
  loadConfig,
  NODE_REGION_CONFIG_FILE_OPTIONS,
  NODE_REGION_CONFIG_OPTIONS,
  NODE_USE_FIPS_ENDPOINT_CONFIG_OPTIONS,
} from "@smithy/core/config";
import type { SignatureV4CryptoInit, SignatureV4Init } from "@smithy/signature-v4";

/** The part of an SDK client's `config` that signed calls need. */
export interface ClientConfig {
  readonly credentials: SignatureV4Init["credentials"];
  readonly region: () => Promise<string>;
  readonly useFipsEndpoint: () => Promise<boolean>;
  readonly sha256: SignatureV4CryptoInit["sha256"];
}

/**
 * Asks the chains of the SDK: environment variables, then the files of the AWS CLI, then the role of the machine.
 *
 * @param region defaults to that of the environment
 */
export function clientConfig(region?: string): ClientConfig {
  return {
    credentials: defaultProvider(),
    region:
      region === undefined
        ? loadConfig(NODE_REGION_CONFIG_OPTIONS, NODE_REGION_CONFIG_FILE_OPTIONS)
        : async () => region,
    useFipsEndpoint: loadConfig(NODE_USE_FIPS_ENDPOINT_CONFIG_OPTIONS),
    sha256: Sha256,
  };
}
