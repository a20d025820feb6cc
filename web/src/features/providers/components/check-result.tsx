import type { ProviderCheck } from '@/api/model';
import { FormFault } from '@/components/form-fault';
import { IconAlertTriangle, IconCircleCheck } from '@/components/icons';
import { RelativeTime } from '@/components/relative-time';
import { formatBytes, formatCount, formatPlural } from '@/lib/format';

import classes from './providers.module.css';

/** Returns the figures of a verification. */
export function figuresOf(check: ProviderCheck): string[] {
  const figures: string[] = [];
  if (check.plan !== '') figures.push(`Plan ${check.plan}`);
  if (check.spaceMax > 0) figures.push(`${formatBytes(check.spaceUsed)} of ${formatBytes(check.spaceMax)} used`);
  if (check.slots > 0) figures.push(`${formatCount(check.taken)} of ${formatPlural(check.slots, 'slot', 'slots')} taken`);
  if (check.agents > 0) figures.push(formatPlural(check.agents, 'agent', 'agents'));
  return figures;
}

/** The result of a verification, or why there is none. */
export function CheckResult({ check, error }: { check: ProviderCheck | undefined; error: Error | null }) {
  if (error) return <FormFault error={error} />;
  const Symbol = check?.ok ? IconCircleCheck : IconAlertTriangle;
  return (
    // Always rendered, so that screen readers announce what appears in it.
    <div role="status" className={classes.result}>
      {check && (
        <div className={classes.check} data-tone={check.ok ? 'ok' : 'bad'}>
          <Symbol size={18} aria-hidden="true" />
          <div>
            <b>{check.ok ? 'Verified' : 'Not usable'}</b> <RelativeTime at={check.at} />
            <p>{check.message}</p>
            {check.ok && <p className={classes.figures}>{figuresOf(check).join(' · ')}</p>}
            {check.problem !== '' && <p className="mono">{check.problem}</p>}
          </div>
        </div>
      )}
    </div>
  );
}
