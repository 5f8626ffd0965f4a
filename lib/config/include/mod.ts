/**
 * Configurations in more than one file. Loaded on demand: most have just one.
 *
 * @module
 */
export { includeRoots } from "./file.ts";
export { type Included, type IncludeOptions, resolveIncludes } from "./resolve.ts";
export { type RoutedWrite, routeWrite } from "./route.ts";
