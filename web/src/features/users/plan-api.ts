import { queryOptions } from '@tanstack/react-query';

import type { AdminPlan, PlanEffect, PlanLimit, Role, SetOverride, UserState } from '@/api/model';
import { given } from '@/lib/given';
import { http, send } from '@/lib/http';

import { userKeys } from './api';

export type Limits = Record<PlanLimit, number | null>;

/** What a plan is besides its limits. */
export interface PlanFacts {
  name: string;
  default: boolean;
  public: boolean;
  position: number;
  /** Of the agents that serve its accounts; empty for agents without one. */
  agentPool: string;
}

/** Adds a plan. */
export function createPlan(id: string, facts: PlanFacts, limits: Limits): Promise<AdminPlan> {
  const set = Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== null)) as Partial<Record<PlanLimit, number>>;
  return send(http.POST('/api/v1/admin/plans', { body: { id, ...facts, ...set } }));
}

/** Changes a plan that is as the caller read it. */
export function updatePlan(plan: AdminPlan, facts: PlanFacts, limits: Limits): Promise<AdminPlan> {
  return send(http.PATCH('/api/v1/admin/plans/{plan}', { params: { path: { plan: plan.id } }, body: { ...facts, ...limits, version: plan.version } }));
}

/** Retires a plan, or offers it again. */
export function retirePlan(plan: AdminPlan, retired: boolean): Promise<AdminPlan> {
  return send(http.PATCH('/api/v1/admin/plans/{plan}', { params: { path: { plan: plan.id } }, body: { retired, version: plan.version } }));
}

/** Counts the accounts of a plan that limits would affect. */
export function planEffectQuery(plan: string, limits: Limits) {
  const { storageBytes, bandwidthBytes, maxFiles, retentionDays } = limits;
  const asked = Object.entries({ storageBytes, bandwidthBytes, maxFiles, retentionDays }).filter(([, value]) => value !== null);
  return queryOptions({
    queryKey: [...userKeys.plans(), 'effect', plan, asked] as const,
    queryFn: ({ signal }): Promise<PlanEffect> =>
      send(http.GET('/api/v1/admin/plans/{plan}/effect', { params: { path: { plan }, query: Object.fromEntries(asked) as Record<string, number> }, signal })),
    staleTime: 0,
  });
}

/** Which accounts are meant. Empty means all. */
export interface UserMatch {
  q: string;
  state: UserState | '';
  role: Role | '';
  plan: string;
}

/** Changes the plan of all accounts that match. */
export function assignPlanToMany(plan: string, { q, state, role, plan: of }: UserMatch): Promise<{ changed: number }> {
  const filter = { ...given({ q: q.trim(), plan: of }), ...(state !== '' && { state }), ...(role !== '' && { role }) };
  return send(http.POST('/api/v1/admin/users/plan', { body: { plan, filter } }));
}

/** Where all accounts that match are exported as CSV. */
export function usersExportAddress({ q, state, role, plan }: UserMatch): string {
  const query = new URLSearchParams(given({ q: q.trim(), role, state, plan })).toString();
  return `/api/v1/admin/users.csv${query === '' ? '' : `?${query}`}`;
}

/** Gives an account limits of its own. */
export function setOverride(id: string, body: SetOverride): Promise<undefined> {
  return send(http.PUT('/api/v1/admin/users/{id}/override', { params: { path: { id } }, body }));
}

/** Puts an account under its plan's limits again. */
export function removeOverride(id: string): Promise<undefined> {
  return send(http.DELETE('/api/v1/admin/users/{id}/override', { params: { path: { id } } }));
}

/** Has the agents of a pool serve an account; an empty one goes by its plan. */
export function setUserPool(id: string, pool: string): Promise<undefined> {
  const path = { id };
  if (pool === '') return send(http.DELETE('/api/v1/admin/users/{id}/pool', { params: { path } }));
  return send(http.PUT('/api/v1/admin/users/{id}/pool', { params: { path }, body: { pool } }));
}
