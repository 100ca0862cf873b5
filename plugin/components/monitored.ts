/** The components that alarms and dashboards read, by their class: a list of several classes has no type in all languages. */
import type * as pulumi from "@pulumi/pulumi";
import { DataLake as Lake } from "../../components/dataLake";
import { DeliveryStream as Delivery } from "../../components/deliveryStream";
import { FormatRouter as Router } from "../../components/formatRouter";
import { HourlyEtl as Etl } from "../../components/hourlyEtl";
import { IngestApi as Api } from "../../components/ingestApi";
import type { Monitored } from "../../components/parts/monitoring/monitoring";
import { ServingTable as View } from "../../components/servingTable";
import { StreamIngest as Stream } from "../../components/streamIngest";
import { Warehouse as Redshift } from "../../components/warehouse";
import type { DataLake } from "./dataLake";
import type { DeliveryStream } from "./deliveryStream";
import type { FormatRouter } from "./formatRouter";
import type { HourlyEtl } from "./hourlyEtl";
import type { IngestApi } from "./ingestApi";
import { made } from "./madeComponents";
import type { ServingTable } from "./servingTable";
import type { StreamIngest } from "./streamIngest";
import type { Warehouse } from "./warehouse";

export interface MonitoredComponents {
  /** @default none */
  streams?: pulumi.Input<StreamIngest>[];
  /** @default none */
  lakes?: pulumi.Input<DataLake>[];
  /** @default none */
  routers?: pulumi.Input<FormatRouter>[];
  /** @default none */
  deliveryStreams?: pulumi.Input<DeliveryStream>[];
  /** @default none */
  hourlyEtls?: pulumi.Input<HourlyEtl>[];
  /** @default none */
  servingTables?: pulumi.Input<ServingTable>[];
  /** @default none */
  ingestApis?: pulumi.Input<IngestApi>[];
  /** @default none */
  warehouses?: pulumi.Input<Warehouse>[];
}

const CLASSES = {
  streams: Stream,
  lakes: Lake,
  routers: Router,
  deliveryStreams: Delivery,
  hourlyEtls: Etl,
  servingTables: View,
  ingestApis: Api,
  warehouses: Redshift,
} as const satisfies Readonly<Record<keyof MonitoredComponents, unknown>>;

/** @param who the component, for errors: `PipelineAlarms "oncall"` */
export function monitoredComponents(who: string, inputs: MonitoredComponents): Monitored[] {
  return (Object.keys(CLASSES) as (keyof MonitoredComponents)[]).flatMap((kind) =>
    (inputs[kind] ?? []).map((value, index) =>
      made(
        `${who}: ${kind}[${index}]`,
        value,
        CLASSES[kind] as new (
          ...args: never[]
        ) => Monitored & pulumi.ComponentResource,
      ),
    ),
  );
}

/** The inputs without the components. */
export function otherInputs<Inputs extends MonitoredComponents>(
  inputs: Inputs,
): Omit<Inputs, keyof MonitoredComponents> {
  const others = Object.entries(inputs).filter(([name]) => !Object.hasOwn(CLASSES, name));
  return Object.fromEntries(others) as Omit<Inputs, keyof MonitoredComponents>;
}
