import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import type { Config, Plan, PlanLimit } from '@/api/model';
import { ErrorNotice } from '@/components/notice';
import { formatBytes, formatCount, formatRate } from '@/lib/format';
import { text as say } from '@/lib/messages';

import { plansQuery } from '../api';
import '../messages/catalogue';
import classes from './usage.module.css';

interface Row {
  limit: PlanLimit;
  term: string;
  text: string;
}

function orNone<T>(limit: T | null, format: (limit: T) => string, none = say('usage:plans.noLimit')): string {
  return limit === null ? none : format(limit);
}

/** What the installation allows everyone, whatever their plan; 0 is no limit. */
export type InstallationLimits = Pick<Config['limits'], 'maxRunningJobs' | 'maxJobBytes'>;

/** Formats a plan's limit, or the installation's where that is the smaller one. */
function smallest(plan: number | null, installation: number | undefined, format: (limit: number) => string): string {
  if (installation === undefined || installation === 0 || (plan !== null && plan <= installation)) return orNone(plan, format);
  return say('usage:limits.ofInstallation', { limit: format(installation) });
}

/** Returns the limits that a plan comes to here, with their names. */
export function limitsOf(plan: Plan, here?: InstallationLimits): Row[] {
  return [
    { limit: 'storageBytes', term: say('usage:plans.storage'), text: orNone(plan.storageBytes, formatBytes) },
    { limit: 'bandwidthBytes', term: say('usage:plans.monthlyBandwidth'), text: orNone(plan.bandwidthBytes, formatBytes) },
    { limit: 'maxRunningJobs', term: say('usage:plans.runningAtOnce'), text: smallest(plan.maxRunningJobs, here?.maxRunningJobs, formatCount) },
    { limit: 'maxJobBytes', term: say('usage:plans.largestDownload'), text: smallest(plan.maxJobBytes, here?.maxJobBytes, formatBytes) },
    { limit: 'maxFiles', term: say('usage:plans.filesInTotal'), text: orNone(plan.maxFiles, formatCount) },
    { limit: 'retentionDays', term: say('usage:plans.filesAreKept'), text: orNone(plan.retentionDays, (days) => say('usage:plans.days', { count: days, number: formatCount(days) }), say('usage:plans.untilDeleted')) },
    { limit: 'rateLimit', term: say('usage:plans.speedPerDownload'), text: orNone(plan.rateLimit, formatRate) },
  ];
}

/** Returns the plans to show, including the account's own even if it isn't public. */
export function withOwn(plans: readonly Plan[], own: Plan): Plan[] {
  if (plans.some((plan) => plan.id === own.id)) return [...plans];
  return [...plans, own].toSorted((a, b) => a.position - b.position);
}

/** The account's plan beside the others of this installation. */
export function Plans({ own, here }: { own: Plan; here: InstallationLimits | undefined }) {
  const { t } = useTranslation('usage');
  const { data: plans, error, refetch } = useQuery(plansQuery());
  return (
    <section className={classes.part} aria-labelledby="plans">
      <div>
        <h2 id="plans">{t('plans.plans')}</h2>
        <p className={classes.note}>{t('plans.theOperatorOf')}</p>
      </div>
      {plans && (
        <ul className={classes.plans} aria-labelledby="plans">
          {withOwn(plans, own).map((plan) => (
            <PlanCard key={plan.id} plan={plan} own={plan.id === own.id} here={here} />
          ))}
        </ul>
      )}
      {!plans && !error && <Skeleton height={200} radius="lg" />}
      {!plans && error && <ErrorNotice error={error} title={t('plans.couldntLoadThe')} retry={() => void refetch()} />}
    </section>
  );
}

function PlanCard({ plan, own, here }: { plan: Plan; own: boolean; here: InstallationLimits | undefined }) {
  const { t } = useTranslation('usage');
  return (
    <li className={classes.plan} data-own={own || undefined}>
      <h3>
        {plan.name}
        {own && <span className={classes.own}>{t('plans.yourPlan')}</span>}
      </h3>
      <dl>
        {limitsOf(plan, here).map(({ term, text }) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </li>
  );
}
