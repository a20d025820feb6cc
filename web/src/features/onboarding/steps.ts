import type { AdminPlan, Config, Overview } from '@/api/model';

/** What an admin does before users come. */
export type StepName = 'agent' | 'storage' | 'mail' | 'plan' | 'registration' | 'legal';

export interface Step {
  name: StepName;
  done: boolean;
  /** The page where it is done. */
  to: '/admin/agents' | '/admin/storage' | '/admin/audit/mails' | '/admin/users/plans' | '/admin/users' | '/terms';
}

/** Returns the steps, and which of them this installation shows to be done. */
export function stepsOf(overview: Overview, config: Config, plans: readonly AdminPlan[]): Step[] {
  const well = (name: Overview['components'][number]['component']) => overview.components.some(({ component, state }) => component === name && state === 'ok');
  return [
    { name: 'storage', done: well('storage'), to: '/admin/storage' },
    { name: 'agent', done: well('agents') || well('seedr'), to: '/admin/agents' },
    { name: 'mail', done: well('mail'), to: '/admin/audit/mails' },
    { name: 'plan', done: plans.some((plan) => plan.default && plan.storageBytes !== null), to: '/admin/users/plans' },
    { name: 'registration', done: config.registration !== 'open' || config.turnstileSiteKey !== '', to: '/admin/users' },
    { name: 'legal', done: !overview.warnings.some(({ cause }) => cause === 'legal_unnamed'), to: '/terms' },
  ];
}
