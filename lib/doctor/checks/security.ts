/**
 * The sum of the security audit, with the way to all of it.
 *
 * @module
 */
import type { Check } from "../types.ts";

const ID = "doctor:security";

/** How many findings the audit has. */
export const security: Check = {
  id: ID,
  title: "Security",
  async run(facts) {
    const { auditSecurity } = await import("../security/mod.ts");
    const { summary } = await auditSecurity(facts);
    if (summary.critical + summary.warn === 0) return [];
    return [{
      id: `${ID}.findings`,
      severity: summary.critical > 0 ? "error" : "warn",
      message: `The security audit has ${summary.critical} critical finding(s) and ` +
        `${summary.warn} warning(s)`,
      fix: "openclaw security audit",
    }];
  },
};
