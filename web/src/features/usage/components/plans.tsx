import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';

import type { Plan } from '@/api/model';
import { ErrorNotice } from '@/components/notice';
import { formatBytes, formatCount, formatPlural } from '@/lib/format';

import { plansQuery } from '../api';
import classes from './usage.module.css';

interface Row {
  term: string;
  text: string;
}

function orNone<T>(limit: T | null, format: (limit: T) => string, none = 'no limit'): string {
  return limit === null ? none : format(limit);
}

/** Returns the limits of a plan with their names. */
export function limitsOf(plan: Plan): Row[] {
  return [
    { term: 'Storage', text: orNone(plan.storageBytes, formatBytes) },
    { term: 'Monthly bandwidth', text: orNone(plan.bandwidthBytes, formatBytes) },
    { term: 'Running at once', text: orNone(plan.maxRunningJobs, formatCount) },
    { term: 'Largest download', text: orNone(plan.maxJobBytes, formatBytes) },
    { term: 'Files in total', text: orNone(plan.maxFiles, formatCount) },
    { term: 'Files are kept', text: orNone(plan.retentionDays, (days) => formatPlural(days, 'day', 'days'), 'until deleted') },
  ];
}

/** Returns the plans to show, including the account's own even if it isn't public. */
export function withOwn(plans: readonly Plan[], own: Plan): Plan[] {
  if (plans.some((plan) => plan.id === own.id)) return [...plans];
  return [...plans, own].toSorted((a, b) => a.position - b.position);
}

/** The account's plan beside the others of this installation. */
export function Plans({ own }: { own: Plan }) {
  const { data: plans, error, refetch } = useQuery(plansQuery());
  return (
    <section className={classes.part} aria-labelledby="plans">
      <div>
        <h2 id="plans">Plans</h2>
        <p className={classes.note}>The operator of this installation assigns plans.</p>
      </div>
      {plans && (
        <ul className={classes.plans} aria-labelledby="plans">
          {withOwn(plans, own).map((plan) => (
            <PlanCard key={plan.id} plan={plan} own={plan.id === own.id} />
          ))}
        </ul>
      )}
      {!plans && !error && <Skeleton height={200} radius="lg" />}
      {!plans && error && <ErrorNotice error={error} title="Couldn't load the plans" retry={() => void refetch()} />}
    </section>
  );
}

function PlanCard({ plan, own }: { plan: Plan; own: boolean }) {
  return (
    <li className={classes.plan} data-own={own || undefined}>
      <h3>
        {plan.name}
        {own && <span className={classes.own}>your plan</span>}
      </h3>
      <dl>
        {limitsOf(plan).map(({ term, text }) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </li>
  );
}
