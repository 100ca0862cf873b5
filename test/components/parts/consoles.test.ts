import { consoleOf, quickSightOf } from "../../../components/parts/consoles";

/** https://docs.aws.amazon.com/quick/latest/userguide/regions.html has QuickSight's websites. */
test.each([
  ["aws", "eu-west-1", "https://eu-west-1.console.aws.amazon.com/", "https://eu-west-1.quicksight.aws.amazon.com/"],
  ["aws-cn", "cn-north-1", "https://cn-north-1.console.amazonaws.cn/", "https://cn-north-1.quicksight.amazonaws.cn/"],
  [
    "aws-us-gov",
    "us-gov-west-1",
    "https://us-gov-west-1.console.amazonaws-us-gov.com/",
    "https://quicksight.us-gov-west-1.amazonaws.com/",
  ],
])("the consoles of the partition %s", (partition, region, console, quickSight) => {
  expect([consoleOf({ partition, region }), quickSightOf({ partition, region })]).toEqual([console, quickSight]);
});
