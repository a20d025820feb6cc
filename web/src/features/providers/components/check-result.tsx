import { useTranslation } from 'react-i18next';

import type { ProviderCheck } from '@/api/model';
import { FormFault } from '@/components/form-fault';
import { IconAlertTriangle, IconCircleCheck } from '@/components/icons';
import { RelativeTime } from '@/components/relative-time';
import { formatBytes, formatCount } from '@/lib/format';
import { text } from '@/lib/messages';

import '../messages/catalogue';
import classes from './providers.module.css';

/** Returns the figures of a verification. */
export function figuresOf(check: ProviderCheck): string[] {
  const figures: string[] = [];
  if (check.plan !== '') figures.push(text('providers:checkResult.plan', { plan: check.plan }));
  if (check.spaceMax > 0) figures.push(text('providers:checkResult.ofUsed', { spaceUsed: formatBytes(check.spaceUsed), spaceMax: formatBytes(check.spaceMax) }));
  if (check.slots > 0) figures.push(text('providers:checkResult.ofSlotsTaken', { count: check.slots, number: formatCount(check.slots), taken: formatCount(check.taken) }));
  if (check.agents > 0) figures.push(text('providers:checkResult.agents', { count: check.agents, number: formatCount(check.agents) }));
  return figures;
}

/** The result of a verification, or why there is none. */
export function CheckResult({ check, error }: { check: ProviderCheck | undefined; error: Error | null }) {
  const { t } = useTranslation('providers');
  if (error) return <FormFault error={error} />;
  const Symbol = check?.ok ? IconCircleCheck : IconAlertTriangle;
  return (
    // Always rendered, so that screen readers announce what appears in it.
    <div role="status" className={classes.result}>
      {check && (
        <div className={classes.check} data-tone={check.ok ? 'ok' : 'bad'}>
          <Symbol size={18} aria-hidden="true" />
          <div>
            <b>{check.ok ? t('checkResult.verified') : t('checkResult.notUsable')}</b> <RelativeTime at={check.at} />
            <p>{check.message}</p>
            {check.ok && <p className={classes.figures}>{figuresOf(check).join(' · ')}</p>}
            {check.problem !== '' && <p className="mono">{check.problem}</p>}
          </div>
        </div>
      )}
    </div>
  );
}
