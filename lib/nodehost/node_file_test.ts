import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { loadNodeFile, saveNodeFile } from "./node_file.ts";

async function withFolder(test: (dir: string) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir({ prefix: "openclaw-node-" });
  try {
    await test(dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

Deno.test("saveNodeFile() writes what loadNodeFile() reads, in a folder it makes", async () => {
  await withFolder(async (dir) => {
    const stateDir = join(dir, "state");
    const file = {
      nodeId: "n-1",
      displayName: "box",
      gateway: { host: "gateway.example", port: 443, tls: true },
    };
    await saveNodeFile(stateDir, file);
    assertEquals(await loadNodeFile(stateDir), file);
    const text = await Deno.readTextFile(join(stateDir, "node.json"));
    assertEquals(JSON.parse(text).version, 1);
  });
});

Deno.test("loadNodeFile() makes up an id and passes over what it cannot use", async () => {
  await withFolder(async (dir) => {
    const { nodeId, ...rest } = await loadNodeFile(dir);
    assert(/^[0-9a-f-]{36}$/.test(nodeId));
    assertEquals(rest, {});
    for (const text of ["", "[]", "{bad", '{"nodeId":1,"gateway":{"host":"h","port":0}}']) {
      await Deno.writeTextFile(join(dir, "node.json"), text);
      assertEquals((await loadNodeFile(dir)).gateway, undefined);
    }
  });
});
