/** QuickSight's definition of each kind of visual, in the types of AWS's own client. */
import type { DashboardVersionDefinition } from "@aws-sdk/client-quicksight";
import { dashboardDefinition } from "../../../components/dashboard/definition";
import { athenaDataSets } from "../../../lake/dashboard/dataSets";
import {
  average,
  bar,
  count,
  distinctCount,
  heatMap,
  kpi,
  line,
  pie,
  scatter,
  sum,
  table,
  type Visual,
} from "../../../lake/dashboard/visuals";

const ORDERS = {
  shop: "string",
  cents: "bigint",
  total: "double",
  paid: "boolean",
  day: "date",
} as const;
const DATA_SETS = new Map(
  athenaDataSets({
    tables: { orders: Object.entries(ORDERS).map(([name, type]) => ({ name, type })) },
    live: [],
  }).map((dataSet) => [dataSet.name, dataSet]),
);
const ARN = "arn:aws:quicksight:us-east-1:123456789012:dataset/orders";

/** The annotation is a test: it fails to compile for members and values that QuickSight's API does not have. */
function definition(...visuals: Visual[]): DashboardVersionDefinition {
  const checked: DashboardVersionDefinition = dashboardDefinition("Shop", visuals, DATA_SETS, { orders: ARN });
  return checked;
}

const column = (ColumnName: string) => ({ DataSetIdentifier: "orders", ColumnName });
const titled = (text: string) => ({ Visibility: "VISIBLE", FormatText: { PlainText: text } });

test("a dashboard has its data sets and one sheet", () => {
  const { DataSetIdentifierDeclarations, Sheets } = definition(kpi({ title: "Rows", table: "orders", value: count() }));
  expect(DataSetIdentifierDeclarations).toEqual([{ Identifier: "orders", DataSetArn: ARN }]);
  expect(Sheets?.map(({ SheetId, Name, ContentType }) => ({ SheetId, Name, ContentType }))).toEqual([
    { SheetId: "visuals", Name: "Shop", ContentType: "INTERACTIVE" },
  ]);
});

const orders = { title: "My orders", table: "orders" };
const VisualId = "my-orders";
const Title = titled("My orders");

const kinds: [string, Visual, object][] = [
  [
    "bars by string, with a color",
    bar({ ...orders, x: "shop", y: sum("cents"), color: "paid", limit: 5 }),
    {
      BarChartVisual: {
        VisualId,
        Title,
        ChartConfiguration: {
          FieldWells: {
            BarChartAggregatedFieldWells: {
              Category: [{ CategoricalDimensionField: { FieldId: "my-orders.x", Column: column("shop") } }],
              Values: [
                {
                  NumericalMeasureField: {
                    FieldId: "my-orders.y0",
                    Column: column("cents"),
                    AggregationFunction: { SimpleNumericalAggregation: "SUM" },
                  },
                },
              ],
              Colors: [{ CategoricalDimensionField: { FieldId: "my-orders.color", Column: column("paid") } }],
            },
          },
          SortConfiguration: {
            CategorySort: [{ FieldSort: { FieldId: "my-orders.y0", Direction: "DESC" } }],
            CategoryItemsLimit: { ItemsLimit: 5, OtherCategories: "EXCLUDE" },
            ColorSort: [{ FieldSort: { FieldId: "my-orders.y0", Direction: "DESC" } }],
            ColorItemsLimit: { ItemsLimit: 12, OtherCategories: "EXCLUDE" },
          },
          Orientation: "VERTICAL",
          BarsArrangement: "CLUSTERED",
        },
      },
    },
  ],
  [
    "a line by hours",
    line({ ...orders, x: { column: "_arrived", by: "hour" }, y: [count(), distinctCount("day")] }),
    {
      LineChartVisual: {
        VisualId,
        Title,
        ChartConfiguration: {
          FieldWells: {
            LineChartAggregatedFieldWells: {
              Category: [
                {
                  DateDimensionField: {
                    FieldId: "my-orders.x",
                    Column: column("_arrived"),
                    DateGranularity: "HOUR",
                  },
                },
              ],
              Values: [
                {
                  CategoricalMeasureField: {
                    FieldId: "my-orders.y0",
                    Column: column("_format"),
                    AggregationFunction: "COUNT",
                  },
                },
                {
                  DateMeasureField: {
                    FieldId: "my-orders.y1",
                    Column: column("day"),
                    AggregationFunction: "DISTINCT_COUNT",
                  },
                },
              ],
              Colors: [],
            },
          },
          SortConfiguration: { CategorySort: [{ FieldSort: { FieldId: "my-orders.x", Direction: "ASC" } }] },
          Type: "LINE",
        },
      },
    },
  ],
  [
    "slices",
    pie({ ...orders, slices: "cents", value: average("total") }),
    {
      PieChartVisual: {
        VisualId,
        Title,
        ChartConfiguration: {
          FieldWells: {
            PieChartAggregatedFieldWells: {
              Category: [{ NumericalDimensionField: { FieldId: "my-orders.slices", Column: column("cents") } }],
              Values: [
                {
                  NumericalMeasureField: {
                    FieldId: "my-orders.value",
                    Column: column("total"),
                    AggregationFunction: { SimpleNumericalAggregation: "AVERAGE" },
                  },
                },
              ],
            },
          },
          SortConfiguration: {
            CategorySort: [{ FieldSort: { FieldId: "my-orders.value", Direction: "DESC" } }],
            CategoryItemsLimit: { ItemsLimit: 20, OtherCategories: "EXCLUDE" },
          },
        },
      },
    },
  ],
  [
    "a table",
    table({ ...orders, groupBy: ["shop", { column: "day", by: "month" }], values: [] }),
    {
      TableVisual: {
        VisualId,
        Title,
        ChartConfiguration: {
          FieldWells: {
            TableAggregatedFieldWells: {
              GroupBy: [
                { CategoricalDimensionField: { FieldId: "my-orders.groupBy0", Column: column("shop") } },
                {
                  DateDimensionField: {
                    FieldId: "my-orders.groupBy1",
                    Column: column("day"),
                    DateGranularity: "MONTH",
                  },
                },
              ],
              Values: [],
            },
          },
          SortConfiguration: {
            RowSort: [
              { FieldSort: { FieldId: "my-orders.groupBy0", Direction: "ASC" } },
              { FieldSort: { FieldId: "my-orders.groupBy1", Direction: "ASC" } },
            ],
          },
        },
      },
    },
  ],
  [
    "a number",
    kpi({ ...orders, value: sum("total") }),
    {
      KPIVisual: {
        VisualId,
        Title,
        ChartConfiguration: {
          FieldWells: {
            Values: [
              {
                NumericalMeasureField: {
                  FieldId: "my-orders.value",
                  Column: column("total"),
                  AggregationFunction: { SimpleNumericalAggregation: "SUM" },
                },
              },
            ],
          },
        },
      },
    },
  ],
];

test.each(kinds)("%s", (_, visual, expected) => {
  expect(definition(visual).Sheets?.[0]?.Visuals).toEqual([expected]);
});

test("a scatter plot has points, a heat map rows and columns", () => {
  const visuals = definition(
    scatter({ title: "Points", table: "orders", points: "shop", x: count(), y: sum("cents") }),
    heatMap({ title: "Cells", table: "orders", rows: "shop", columns: "hour", value: count() }),
  ).Sheets?.[0]?.Visuals;
  const [points, cells] = [visuals?.[0], visuals?.[1]];
  const wells = points?.ScatterPlotVisual?.ChartConfiguration?.FieldWells?.ScatterPlotCategoricallyAggregatedFieldWells;
  expect(wells?.Category).toEqual([
    { CategoricalDimensionField: { FieldId: "points.points", Column: column("shop") } },
  ]);
  expect([wells?.XAxis?.length, wells?.YAxis?.length]).toEqual([1, 1]);
  expect(points?.ScatterPlotVisual?.ChartConfiguration?.SortConfiguration).toEqual({
    ScatterPlotLimitConfiguration: { ItemsLimit: 20, OtherCategories: "EXCLUDE" },
  });
  expect(cells?.HeatMapVisual?.ChartConfiguration?.FieldWells?.HeatMapAggregatedFieldWells).toEqual({
    Rows: [{ CategoricalDimensionField: { FieldId: "cells.rows", Column: column("shop") } }],
    Columns: [{ CategoricalDimensionField: { FieldId: "cells.columns", Column: column("hour") } }],
    Values: [
      {
        CategoricalMeasureField: {
          FieldId: "cells.value",
          Column: column("_format"),
          AggregationFunction: "COUNT",
        },
      },
    ],
  });
});

test("numbers lie four in a row, other visuals two", () => {
  const number = (title: string) => kpi({ title, table: "orders", value: count() });
  const chart = (title: string) => pie({ title, table: "orders", slices: "shop", value: count() });
  const made = definition(number("A"), number("B"), chart("C"), chart("D"), chart("E"), number("F"));
  const elements = made.Sheets?.[0]?.Layouts?.[0]?.Configuration?.GridLayout?.Elements;
  const places = elements?.map(({ ElementId, ColumnIndex, ColumnSpan, RowIndex, RowSpan }) => [
    ...[ElementId, ColumnIndex, ColumnSpan, RowIndex, RowSpan],
  ]);
  expect(places).toEqual([
    ["a", 0, 9, 0, 6],
    ["b", 9, 9, 0, 6],
    ["c", 0, 18, 6, 12],
    ["d", 18, 18, 6, 12],
    ["e", 0, 18, 18, 12],
    ["f", 0, 9, 30, 6],
  ]);
});
