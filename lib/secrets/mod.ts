/**
 * Secrets that the configuration points to: where they are kept, how they are looked up, and the
 * configuration that has them in place of the pointers. What was looked up stays in memory.
 *
 * Providers of files and programs are loaded when a pointer leads to one.
 *
 * @module
 */
export { checkPointers, type DanglingPointer } from "./check.ts";
export { credentialKind, wrongKinds } from "./credential_kind.ts";
export { formatRef, isSecretRef, resolveRef } from "./reference.ts";
export { resolveRefs } from "./resolve.ts";
export {
  assertResolved,
  describeProblems,
  resolveRuntime,
  type RuntimeOptions,
  type RuntimeSecrets,
  type SecretProblem,
} from "./runtime.ts";
export { findSurfaces, type SecretWarning, type SurfaceFlags, type Surfaces } from "./surface.ts";
export {
  type RefAtPath,
  type ResolveContext,
  type ResolvedRef,
  SECRET_SOURCES,
  type SecretOutcome,
  type SecretSource,
} from "./types.ts";
