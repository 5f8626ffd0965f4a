/**
 * The machine: room on the disk, and a clock that can be believed.
 *
 * @module
 */
import { formatBytes } from "../../base/mod.ts";
import { freeDiskBytes } from "../../platform/mod.ts";
import type { Check, DoctorFacts, Finding } from "../types.ts";

const ID = "doctor:machine";
const LITTLE_BYTES = 1024 ** 3;
const ALMOST_NONE_BYTES = 100 * 1024 ** 2;
/** When this was written: a clock that says less is wrong. */
const EARLIEST_MS = Date.UTC(2026, 0, 1);
/** Files of a clock that was ahead by this much are from the future. */
const FUTURE_MS = 24 * 3_600_000;

/** Disk and clock. */
export const machine: Check = {
  id: ID,
  title: "Machine",
  async run(facts) {
    return [...await diskFindings(facts), ...clockFindings(facts)];
  },
};

async function diskFindings({ paths: { stateDir } }: DoctorFacts): Promise<Finding[]> {
  const free = await freeDiskBytes(stateDir);
  if (free === undefined || free >= LITTLE_BYTES) return [];
  const isUrgent = free < ALMOST_NONE_BYTES;
  return [{
    id: `${ID}.disk`,
    severity: isUrgent ? "error" : "warn",
    message: `The disk of ${stateDir} has ${formatBytes(free)} left` +
      (isUrgent ? ": soon nothing can be kept any more" : ""),
    fix: `Free space on that disk: du -xh ${stateDir} | sort -h | tail`,
  }];
}

function clockFindings({ clock, snapshot }: DoctorFacts): Finding[] {
  const now = clock.now();
  const touched = Date.parse(String(snapshot.config.meta?.lastTouchedAt ?? ""));
  const isBehind = now < EARLIEST_MS || touched > now + FUTURE_MS;
  if (!isBehind) return [];
  return [{
    id: `${ID}.clock`,
    severity: "error",
    message: `The clock says ${new Date(now).toISOString()}, which is in the past: ` +
      "certificates and tokens fail",
    fix: "sudo timedatectl set-ntp true",
  }];
}
