import { assert, assertEquals } from "@std/assert";
import { dirname, join } from "@std/path";
import { InnerServer } from "./inner_server.ts";

const ignore = Deno.build.os === "windows";

async function exists(path: string): Promise<boolean> {
  return await Deno.lstat(path).then(() => true, () => false);
}

/** The folder below one of these that holds a file of this name. */
async function folderWith(name: string, parents: readonly string[]): Promise<string | undefined> {
  for (const parent of parents) {
    for await (const entry of Deno.readDir(parent)) {
      const folder = join(parent, entry.name);
      if (await exists(join(folder, name))) return folder;
    }
  }
  return undefined;
}

Deno.test({
  name: "InnerServer leaves nothing behind where the path of its socket was too long",
  ignore,
  async fn() {
    const socketName = `${crypto.randomUUID()}.sock`;
    const probe = await Deno.makeTempDir();
    await Deno.remove(probe);
    const server = await InnerServer.open({
      socketDir: `/nonexistent/${"x".repeat(100)}`,
      socketName,
      handler: () => new Response(),
      onError: () => new Response(),
    });
    (await server.dial()).close();
    const folder = await folderWith(socketName, [dirname(probe), "/tmp"]);
    assert(folder !== undefined);
    await server.shutdown();
    assertEquals(await exists(folder), false);
  },
});

Deno.test({
  name: "InnerServer finds room for its socket where temporary folders have long paths, too",
  ignore,
  async fn() {
    const parent = await Deno.makeTempDir();
    const tempDir = join(parent, "x".repeat(100));
    await Deno.mkdir(tempDir);
    const script = `
      import { InnerServer } from "${new URL("inner_server.ts", import.meta.url)}";
      const server = await InnerServer.open({
        socketDir: ${JSON.stringify(join(tempDir, "state"))},
        socketName: "edge-127.0.0.1-18789.sock",
        handler: () => new Response(),
        onError: () => new Response(),
      });
      (await server.dial()).close();
      await server.shutdown();`;
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["eval", script],
      env: { TMPDIR: tempDir },
    }).output();
    assertEquals([code, new TextDecoder().decode(stderr)], [0, ""]);
    assertEquals([...Deno.readDirSync(tempDir)], []);
    await Deno.remove(parent, { recursive: true });
  },
});
