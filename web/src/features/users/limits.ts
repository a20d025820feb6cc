import type { Plan, PlanLimit, UserOverride } from '@/api/model';
import { formatBytes, formatCount, formatRate } from '@/lib/format';
import { text } from '@/lib/messages';

import './messages/catalogue';

/** A limit of plans as forms and lists show it. */
export interface LimitField {
  limit: PlanLimit;
  label: string;
  /** What is typed: GiB, MiB/s, or things. */
  unit: string;
  /** How many of the API's units one typed unit is. */
  factor: number;
  /** The smallest and largest number to type. */
  least: number;
  most: number;
  text: (value: number) => string;
  /** What having no such limit means. */
  none: string;
  /** What else to know before changing it. */
  note?: string;
}

const mib = 1024 ** 2;
const gib = 1024 ** 3;
const mostGib = 8_000_000;

/** Every limit, in the order of forms. Forms, lists and overrides follow from it. */
export const limitFields: readonly LimitField[] = [
  { limit: 'storageBytes', label: text('users:limits.storage'), unit: 'GiB', factor: gib, least: 0, most: mostGib, text: formatBytes, none: text('users:limits.noLimit') },
  { limit: 'bandwidthBytes', label: text('users:limits.monthlyBandwidth'), unit: 'GiB', factor: gib, least: 0, most: mostGib, text: formatBytes, none: text('users:limits.noLimit') },
  { limit: 'maxRunningJobs', label: text('users:limits.runningAtOnce'), unit: 'downloads', factor: 1, least: 1, most: 10_000, text: formatCount, none: text('users:limits.noLimit') },
  { limit: 'maxJobBytes', label: text('users:limits.largestDownload'), unit: 'GiB', factor: gib, least: 0, most: mostGib, text: formatBytes, none: text('users:limits.noLimit') },
  { limit: 'maxFiles', label: text('users:limits.filesInTotal'), unit: 'files', factor: 1, least: 0, most: 2_147_483_647, text: formatCount, none: text('users:limits.noLimit') },
  { limit: 'retentionDays', label: text('users:limits.filesAreKept'), unit: 'days', factor: 1, least: 1, most: 36_500, text: (days) => text('users:limits.days', { count: days, number: formatCount(days) }), none: text('users:limits.untilDeleted') },
  { limit: 'rateLimit', label: text('users:limits.speedPerDownload'), unit: 'MiB/s', factor: mib, least: 1 / 16, most: mib, text: formatRate, none: text('users:limits.noLimit'), note: text('users:limits.ofDownloadsThat') },
];

/** Returns a limit in words. */
export function limitText(field: LimitField, value: number | null): string {
  return value === null ? field.none : field.text(value);
}

/** Returns what to show in the input of a limit; empty for none. */
export function typedOf(field: LimitField, value: number | null): string {
  return value === null ? '' : `${Number((value / field.factor).toFixed(6))}`;
}

/** Reads the input of a limit: null if it is empty, undefined if it can't be. */
export function limitOf(field: LimitField, typed: string): number | null | undefined {
  const text = typed.trim().replace(',', '.');
  if (text === '') return null;
  const value = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || value < field.least || value > field.most) return undefined;
  const whole = Math.round(value * field.factor);
  if (field.factor === 1 && !Number.isInteger(value)) return undefined;
  return field.limit === 'maxJobBytes' && whole < 1 ? undefined : whole;
}

/** Says what a limit can be. */
export function limitFault(field: LimitField): string {
  if (field.factor === 1) return text('users:limits.enterAWhole', { least: field.least, most: formatCount(field.most) });
  return field.limit === 'rateLimit' ? text('users:limits.enterMibS', { least: field.least }) : text('users:limits.enterANumber');
}

/** The text of each limit's input, by its name. */
export type Typed = Record<PlanLimit, string>;

/** Returns the inputs for a plan's limits; empty ones without a plan. */
export function typedLimits(plan: Pick<Plan, PlanLimit> | undefined): Typed {
  return Object.fromEntries(limitFields.map((field) => [field.limit, typedOf(field, plan?.[field.limit] ?? null)])) as Typed;
}

/** Reads all inputs; the limits that can't be are named. */
export function readLimits(typed: Typed): { limits: Record<PlanLimit, number | null>; faults: PlanLimit[] } {
  const faults: PlanLimit[] = [];
  const limits = Object.fromEntries(
    limitFields.map((field) => {
      const value = limitOf(field, typed[field.limit]);
      if (value === undefined) faults.push(field.limit);
      return [field.limit, value ?? null];
    }),
  ) as Record<PlanLimit, number | null>;
  return { limits, faults };
}

/** Returns the limit that an override sets; undefined for the plan's. */
export function overriddenBy(override: UserOverride | null, limit: PlanLimit): number | null | undefined {
  return override?.limits.find((each) => each.limit === limit)?.value;
}
