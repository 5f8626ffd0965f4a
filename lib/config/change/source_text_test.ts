import { assertEquals } from "@std/assert";
import { REDACTED_VALUE } from "../redact.ts";
import { restoreSource } from "./source_text.ts";

const source = {
  token: "s3cret",
  path: "~/x",
  url: "http://${HOST}/",
  n: 1,
  list: [{ id: "a", key: "ka" }, { id: "b", key: "kb" }],
  plain: ["p0", "p1"],
};
const shown = { ...source, path: "/home/x", url: "http://box/" };

Deno.test("restoreSource() gives back what the client was shown and did not change", () => {
  const wanted = { token: REDACTED_VALUE, path: "/home/x", url: "http://box/", n: 2 };
  assertEquals(restoreSource(wanted, source, shown), {
    token: "s3cret",
    path: "~/x",
    url: "http://${HOST}/",
    n: 2,
  });
  assertEquals(
    restoreSource({ token: "new", path: "/home/y" }, source, shown),
    { token: "new", path: "/home/y" },
  );
});

Deno.test("restoreSource() finds the entries of a list by id, others only in a list of the same length", () => {
  const list = [{ id: "b", key: REDACTED_VALUE }, { id: "c", key: REDACTED_VALUE }];
  assertEquals(restoreSource({ list }, source, shown), {
    list: [{ id: "b", key: "kb" }, { id: "c", key: REDACTED_VALUE }],
  });
  assertEquals(
    restoreSource({ plain: ["x", REDACTED_VALUE] }, source, shown),
    { plain: ["x", "p1"] },
  );
  assertEquals(
    restoreSource({ plain: [REDACTED_VALUE] }, source, shown),
    { plain: [REDACTED_VALUE] },
  );
});

Deno.test("restoreSource() leaves a placeholder that stands for nothing", () => {
  for (const other of [{}, { token: 5 }, { token: {} }, "x", undefined]) {
    assertEquals(restoreSource({ token: REDACTED_VALUE }, other, other), {
      token: REDACTED_VALUE,
    });
  }
  assertEquals(
    restoreSource({ toString: REDACTED_VALUE }, {}, {}),
    { toString: REDACTED_VALUE },
  );
});
