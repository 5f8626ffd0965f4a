import { assert, assertEquals } from "@std/assert";
import { dirname, join } from "@std/path";
import { InnerServer } from "./inner_server.ts";

async function exists(path: string): Promise<boolean> {
  return await Deno.lstat(path).then(() => true, () => false);
}

/** The temporary folder that holds a file of this name. */
async function tempFolderWith(name: string): Promise<string | undefined> {
  const probe = await Deno.makeTempDir();
  await Deno.remove(probe);
  for await (const entry of Deno.readDir(dirname(probe))) {
    const folder = join(dirname(probe), entry.name);
    if (await exists(join(folder, name))) return folder;
  }
  return undefined;
}

Deno.test({
  name: "InnerServer leaves nothing behind where the path of its socket was too long",
  ignore: Deno.build.os === "windows",
  async fn() {
    const socketName = `${crypto.randomUUID()}.sock`;
    const server = await InnerServer.open({
      socketDir: `/nonexistent/${"x".repeat(100)}`,
      socketName,
      handler: () => new Response(),
      onError: () => new Response(),
    });
    (await server.dial()).close();
    const folder = await tempFolderWith(socketName);
    assert(folder !== undefined);
    await server.shutdown();
    assertEquals(await exists(folder), false);
  },
});
