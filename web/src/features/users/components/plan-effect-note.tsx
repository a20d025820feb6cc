import { keepPreviousData, useQuery } from '@tanstack/react-query';

import type { AdminPlan, PlanEffect } from '@/api/model';
import { formatPlural } from '@/lib/format';

import { planEffectQuery, type Limits } from '../plan-api';
import classes from './plans.module.css';

function warnings({ overStorage, overBandwidth, overFiles, expireSooner }: PlanEffect): string[] {
  const accounts = (count: number, one: string, other: string) => `${formatPlural(count, 'account', 'accounts')} ${count === 1 ? one : other}`;
  return [
    ...(overStorage > 0 ? [`${accounts(overStorage, 'stores', 'store')} more than that. Their new downloads wait until there is room.`] : []),
    ...(overBandwidth > 0 ? [`${accounts(overBandwidth, 'has', 'have')} used more than that this month, and can’t save files until the next.`] : []),
    ...(overFiles > 0 ? [`${accounts(overFiles, 'has', 'have')} more files than that, and can’t add downloads until some are deleted.`] : []),
    ...(expireSooner > 0 ? [`${formatPlural(expireSooner, 'download expires', 'downloads expire')} sooner than now, after a week at the earliest.`] : []),
  ];
}

/** What the typed limits mean for the accounts that have the plan. */
export function PlanEffectNote({ plan, limits }: { plan: AdminPlan; limits: Limits }) {
  const { data: effect } = useQuery({ ...planEffectQuery(plan.id, limits), placeholderData: keepPreviousData });
  const said = effect ? warnings(effect) : [];
  return (
    <div className={classes.effect} role="status" data-warn={said.length > 0 || undefined}>
      <p>{formatPlural(plan.users, 'account has', 'accounts have')} this plan. New limits count at once; lowering them deletes no files right away.</p>
      {said.length > 0 && (
        <ul>
          {said.map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      )}
    </div>
  );
}
