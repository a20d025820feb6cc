import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import type { AdminPlan, PlanEffect } from '@/api/model';
import { formatCount } from '@/lib/format';
import { text } from '@/lib/messages';

import '../messages/catalogue';
import { planEffectQuery, type Limits } from '../plan-api';
import classes from './plans.module.css';

function warnings({ overStorage, overBandwidth, overFiles, expireSooner }: PlanEffect): string[] {
  const accounts = (count: number, one: string, other: string) => text('users:planEffectNote.accounts', { count, number: formatCount(count), what: count === 1 ? one : other });
  return [
    ...(overStorage > 0 ? [text('users:planEffectNote.moreThanThat', { accounts: accounts(overStorage, 'stores', 'store') })] : []),
    ...(overBandwidth > 0 ? [text('users:planEffectNote.usedMoreThan', { accounts: accounts(overBandwidth, 'has', 'have') })] : []),
    ...(overFiles > 0 ? [text('users:planEffectNote.moreFilesThan', { accounts: accounts(overFiles, 'has', 'have') })] : []),
    ...(expireSooner > 0 ? [text('users:planEffectNote.downloadsExpireSooner', { count: expireSooner, number: formatCount(expireSooner) })] : []),
  ];
}

/** What the typed limits mean for the accounts that have the plan. */
export function PlanEffectNote({ plan, limits }: { plan: AdminPlan; limits: Limits }) {
  const { t } = useTranslation('users');
  const { data: effect } = useQuery({ ...planEffectQuery(plan.id, limits), placeholderData: keepPreviousData });
  const said = effect ? warnings(effect) : [];
  return (
    <div className={classes.effect} role="status" data-warn={said.length > 0 || undefined}>
      <p>{t('planEffectNote.accountsHaveThis', { count: plan.users, number: formatCount(plan.users) })}</p>
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
