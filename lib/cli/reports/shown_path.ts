/**
 * Paths as people read them.
 *
 * @module
 */

/** `path` with the home folder written as `~`. */
export function shownPath(path: string, home: string): string {
  if (path === home) return "~";
  const rest = path.startsWith(home) ? path.slice(home.length) : "";
  return /^[\\/]/.test(rest) ? `~${rest}` : path;
}
