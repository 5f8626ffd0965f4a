/**
 * Standard input and output as a whole, for a process that is one step of another one's work.
 *
 * @module
 */

/** Everything on standard input, to its end. */
export async function readStdin(): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await new Response(Deno.stdin.readable).arrayBuffer());
}

/** Writes a text to standard output, whole. */
export async function writeStdout(text: string): Promise<void> {
  const writer = Deno.stdout.writable.getWriter();
  await writer.write(new TextEncoder().encode(text));
  writer.releaseLock();
}
