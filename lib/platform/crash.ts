/**
 * The last moment of a process that nothing has caught an error in.
 *
 * @module
 */

/**
 * Calls `handler` with an error that nobody caught, before the runtime prints it and ends the process.
 * The handler must not wait: the process ends when it returns.
 *
 * @returns Stops listening.
 */
export function onCrash(handler: (error: unknown) => void): () => void {
  const onError = (event: ErrorEvent) => handler(event.error ?? event.message);
  const onRejection = (event: PromiseRejectionEvent) => handler(event.reason);
  globalThis.addEventListener("error", onError);
  globalThis.addEventListener("unhandledrejection", onRejection);
  return () => {
    globalThis.removeEventListener("error", onError);
    globalThis.removeEventListener("unhandledrejection", onRejection);
  };
}
