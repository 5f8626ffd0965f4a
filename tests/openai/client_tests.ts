/**
 * Makes tests of a client's cells, one per cell and backend.
 *
 * @module
 */
import { startAimockBackend, startDemoBackend } from "./backends.ts";
import { CELLS, type Client } from "./matrix.ts";

/** Registers the tests of a client: a gateway per backend, shared by its cells. */
export function testClient(client: Client): void {
  for (
    const [name, start] of [["demo", startDemoBackend], ["aimock", startAimockBackend]] as const
  ) {
    Deno.test(`${client.name} against ${name}`, async (test) => {
      await using backend = await start();
      for (const cell of CELLS) {
        const prove = client.cells[cell];
        if (prove === undefined) continue;
        await test.step(cell, () => prove(backend));
      }
    });
  }
}
