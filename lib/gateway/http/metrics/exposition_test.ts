import { assertEquals } from "@std/assert";
import { Counter, exposition, Histogram } from "./exposition.ts";

Deno.test("exposition() writes names, labels and numbers as Prometheus reads them", () => {
  const text = exposition([
    { name: "a_total", help: "First", type: "counter", samples: [{ value: 3 }] },
    {
      name: "b",
      help: "Second",
      type: "gauge",
      samples: [
        { labels: { path: 'x"y\\z\n' }, value: 0.5 },
        { value: Infinity },
        { value: -Infinity },
        { value: NaN },
      ],
    },
    { name: "c", help: "Nothing yet", type: "counter", samples: [] },
  ]);
  assertEquals(text.split("\n"), [
    "# HELP a_total First",
    "# TYPE a_total counter",
    "a_total 3",
    "# HELP b Second",
    "# TYPE b gauge",
    'b{path="x\\"y\\\\z\\n"} 0.5',
    "b +Inf",
    "b -Inf",
    "b NaN",
    "# HELP c Nothing yet",
    "# TYPE c counter",
    "",
  ]);
});

Deno.test("Counter() keeps one number for each set of labels", () => {
  const counter = new Counter();
  counter.add({ route: "/a" });
  counter.add({ route: "/b" }, 5);
  counter.add({ route: "/a" }, 2);
  assertEquals(counter.samples().map(({ labels, value }) => [labels, value]), [
    [{ route: "/a" }, 3],
    [{ route: "/b" }, 5],
  ]);
});

Deno.test("Histogram() adds up buckets, the bounds belonging to the lower one", () => {
  const histogram = new Histogram([1, 10]);
  for (const value of [0.5, 1, 7, 100]) histogram.observe(value);
  assertEquals(histogram.samples(), [
    { suffix: "_bucket", labels: { le: "1" }, value: 2 },
    { suffix: "_bucket", labels: { le: "10" }, value: 3 },
    { suffix: "_bucket", labels: { le: "+Inf" }, value: 4 },
    { suffix: "_sum", labels: {}, value: 108.5 },
    { suffix: "_count", labels: {}, value: 4 },
  ]);
});
