/** An HTTP entry with the authorization and the rate of the configuration. */
import * as pulumi from "@pulumi/pulumi";
import { IngestApi, type IngestApiArgs, StreamIngest } from "../../../../../index";

const config = new pulumi.Config();
const authorization = config.require("authorization") as NonNullable<IngestApiArgs["authorization"]>;
const jwt = authorization === "JWT" ? { issuer: "https://login.example.com/", audiences: ["shop"] } : undefined;

const stream = new StreamIngest("clicks", { deleteDataOnDestroy: true });
const api = new IngestApi("api", {
  stream,
  authorization,
  ...(jwt && { jwt }),
  requestsPerSecond: config.getNumber("rate") ?? 100,
});

export const apiUrl = api.url;
