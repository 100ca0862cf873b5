/** Holds the columns of QuickSight's dashboards to their data sets, and those of data sets to the tables of the catalog. */
import { type Declaration, listOf, objectOf, type Program } from "../program";
import type { Contradiction, Rule } from "../rule";

const CLOUD_CONTROL = "aws:cloudcontrol/resource:Resource";
const DATA_SET = "aws:quicksight/dataSet:DataSet";
const TABLE = "aws:glue/catalogTable:CatalogTable";

/** `LakeDashboard` checks the columns of its own visuals; here they are changed by a transform, or declared by the program itself. */
export const dashboardColumns: Rule = {
  id: "dashboard-columns",
  title: "A dashboard should draw columns that its data sets have, and a data set columns that its table has",
  find: (program) => [
    ...program.all(CLOUD_CONTROL).flatMap((dashboard) => ofDashboard(dashboard, program)),
    ...program.all(DATA_SET).flatMap((dataSet) => ofDataSet(dataSet, program)),
  ],
};

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-quicksight-dashboard.html */
function ofDashboard(dashboard: Declaration, program: Program): Contradiction[] {
  const { typeName, desiredState } = dashboard.inputs;
  if (typeName !== "AWS::QuickSight::Dashboard" || typeof desiredState !== "string") return [];
  const definition = objectOf(parsed(desiredState).Definition);
  const calculated = listOf(definition.CalculatedFields).map(({ Name }) => Name);
  const drawn = columnsIn(definition.Sheets);
  return listOf(definition.DataSetIdentifierDeclarations).flatMap(({ Identifier, DataSetArn }) => {
    const dataSet = program.all(DATA_SET).find(({ names }) => names.some((name) => name === DataSetArn));
    const has = dataSet && columnsOf(dataSet);
    if (!dataSet || !has) return [];
    const own = drawn.filter(([of]) => of === Identifier).map(([, column]) => column);
    const lacking = [...new Set(own)].filter((column) => !has.includes(column) && !calculated.includes(column));
    return lackingOf(dashboard, `draws ${lacking.join(", ")} of the data set ${dataSet.name}`, lacking, has);
  });
}

function parsed(json: string): Readonly<Record<string, unknown>> {
  try {
    return objectOf(JSON.parse(json));
  } catch {
    return {}; // Cloud Control refuses a state that is no JSON
  }
}

/** Each `{ DataSetIdentifier, ColumnName }` within a value. */
function columnsIn(value: unknown): (readonly [dataSet: unknown, column: string])[] {
  if (typeof value !== "object" || value === null) return [];
  const { DataSetIdentifier, ColumnName } = value as Record<string, unknown>;
  if (typeof ColumnName === "string") return [[DataSetIdentifier, ColumnName]];
  return Object.values(value).flatMap(columnsIn);
}

/** The columns of a data set; undefined if further steps may rename them or add some, or if they are unknown. */
function columnsOf({ inputs }: Declaration): readonly string[] | undefined {
  if (listOf(inputs.logicalTableMaps).length > 0) return undefined;
  const tables = listOf(inputs.physicalTableMaps);
  const columns = tables.map(({ customSql, relationalTable }) =>
    namesOf(objectOf(customSql).columns ?? objectOf(relationalTable).inputColumns),
  );
  return tables.length === 0 || columns.includes(undefined) ? undefined : columns.flatMap((names) => names ?? []);
}

function namesOf(columns: unknown): readonly string[] | undefined {
  const names = listOf(columns).map(({ name }) => name);
  return names.length > 0 && names.every((name) => typeof name === "string") ? names : undefined;
}

function ofDataSet(dataSet: Declaration, program: Program): Contradiction[] {
  return listOf(dataSet.inputs.physicalTableMaps).flatMap(({ relationalTable }) => {
    const { schema, name, inputColumns } = objectOf(relationalTable);
    const [table, other] = program
      .all(TABLE)
      .filter(({ inputs }) => inputs.databaseName === schema && inputs.name === name);
    const wanted = namesOf(inputColumns);
    const columns = table && namesOf(objectOf(table.inputs.storageDescriptor).columns);
    if (!table || other || !wanted || !columns) return [];
    const has = [...columns, ...(namesOf(table.inputs.partitionKeys) ?? [])];
    const lacking = wanted.filter((column) => !has.includes(column.toLowerCase()));
    return lackingOf(dataSet, `reads ${lacking.join(", ")} of the table ${String(name)}`, lacking, has);
  });
}

function lackingOf(
  resource: Declaration,
  what: string,
  lacking: readonly string[],
  has: readonly string[],
): Contradiction[] {
  if (lacking.length === 0) return [];
  return [
    {
      resource,
      problem: `it ${what}, whose columns are ${has.join(", ")}.`,
      wayOut: "Use one of them, or add the column.",
    },
  ];
}
