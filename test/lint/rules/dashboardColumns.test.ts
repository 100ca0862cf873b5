import { UNKNOWN } from "../../../lint/program";
import { dashboardColumns } from "../../../lint/rules/dashboardColumns";
import { foundBy, type Given } from "../support/programOf";

const columns = (...names: string[]) => names.map((name) => ({ name, type: "STRING" }));
const dataSet = (inputs: object): Given => ({
  type: "aws:quicksight/dataSet:DataSet",
  name: "orders",
  inputs: { ...inputs },
});
const sql = dataSet({ physicalTableMaps: [{ customSql: { columns: columns("total", "country") } }] });
const table: Given = {
  type: "aws:glue/catalogTable:CatalogTable",
  name: "table",
  inputs: {
    databaseName: "shop",
    name: "orders",
    storageDescriptor: { columns: columns("total") },
    partitionKeys: columns("dt"),
  },
};
const relational = (...names: string[]) =>
  dataSet({
    physicalTableMaps: [{ relationalTable: { schema: "shop", name: "orders", inputColumns: columns(...names) } }],
  });

function dashboard(ColumnName: string, more: object = {}, changes: object = {}): Given {
  const Column = { DataSetIdentifier: "orders", ColumnName };
  const Sheets = [
    {
      Visuals: [
        { BarChartVisual: { FieldWells: { Category: [{ CategoricalDimensionField: { FieldId: "f", Column } }] } } },
      ],
    },
  ];
  const DataSetIdentifierDeclarations = [{ Identifier: "orders", DataSetArn: "arn:orders" }];
  const desiredState = JSON.stringify({ Definition: { DataSetIdentifierDeclarations, Sheets, ...more } });
  return {
    type: "aws:cloudcontrol/resource:Resource",
    name: "board",
    inputs: { typeName: "AWS::QuickSight::Dashboard", desiredState, ...changes },
  };
}

test.each<[string, Given[]]>([
  ["a column of the data set", [sql, dashboard("total")]],
  [
    "a calculated field",
    [sql, dashboard("share", { CalculatedFields: [{ DataSetIdentifier: "orders", Name: "share", Expression: "1" }] })],
  ],
  [
    "a data set that renames columns",
    [{ ...sql, inputs: { ...sql.inputs, logicalTableMaps: [{ alias: "a" }] } }, dashboard("nope")],
  ],
  ["a data set of another program", [dashboard("nope")]],
  ["a definition that a preview does not know", [sql, dashboard("nope", {}, { desiredState: UNKNOWN })]],
  ["another resource of Cloud Control", [sql, dashboard("nope", {}, { typeName: "AWS::QuickSight::Analysis" })]],
  ["a data set of the table's columns and partitions", [table, relational("total", "dt")]],
  ["a data set of another program's table", [relational("nope")]],
  [
    "a table whose columns a crawler finds",
    [{ ...table, inputs: { ...table.inputs, storageDescriptor: {} } }, relational("nope")],
  ],
])("%s passes", (_, given) => {
  expect(foundBy(dashboardColumns, given)).toEqual([]);
});

test("a visual on a column that the data set lacks fails", () => {
  expect(foundBy(dashboardColumns, [sql, dashboard("totals")])).toEqual([
    "board: it draws totals of the data set orders, whose columns are total, country. Use one of them, or add the column.",
  ]);
});

test("a data set of a column that the table lacks fails", () => {
  expect(foundBy(dashboardColumns, [table, relational("total", "nope")])).toEqual([
    "orders: it reads nope of the table orders, whose columns are total, dt. Use one of them, or add the column.",
  ]);
});
