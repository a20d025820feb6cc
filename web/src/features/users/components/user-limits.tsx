import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Trans, useTranslation } from 'react-i18next';

import type { UserDetail } from '@/api/model';
import { ProgressBar } from '@/components/progress-bar';
import { toastDone, toastFailed } from '@/components/toast';
import { useConfirmed } from '@/lib/confirmed';
import { fillTone } from '@/lib/fill';
import { formatDate, formatLastDay } from '@/lib/format';

import '../messages/catalogue';
import { userKeys } from '../api';
import { limitFields, limitText, overriddenBy, type LimitField } from '../limits';
import { removeOverride } from '../plan-api';
import { OverrideDialog } from './override-dialog';
import classes from './user-page.module.css';
import { UserPool } from './user-pool';

/** What an account uses, of what it may use: its plan, and what differs from it. */
export function UserLimits({ user, onPlan }: { user: UserDetail; onPlan: () => void }) {
  const { t } = useTranslation('users');
  const [changing, setChanging] = useState(false);
  const { override } = user;
  return (
    <section className={classes.part} aria-labelledby="limits">
      <div className={classes.head}>
        <h2 id="limits">{t('userLimits.usageAndLimits')}</h2>
        <div className={classes.acts}>
          <Button size="compact-sm" variant="default" onClick={onPlan}>
            {t('userLimits.changePlan')}
          </Button>
          <Button size="compact-sm" variant="default" onClick={() => setChanging(true)}>
            {override ? t('userLimits.editOwnLimits') : t('userLimits.giveOwnLimits')}
          </Button>
        </div>
      </div>
      <div className={classes.panel}>
        <p className={classes.plan}>
          <Trans t={t} i18nKey="userLimits.onThePlan" values={{ planName: user.planName }} components={{ b: <b /> }} />
        </p>
        {override && <OverrideNote user={user} />}
        <dl className={classes.limits}>
          {limitFields.map((field) => (
            <Limit key={field.limit} user={user} field={field} />
          ))}
        </dl>
        <UserPool user={user} />
      </div>
      <OverrideDialog user={user} opened={changing} onClose={() => setChanging(false)} />
    </section>
  );
}

function OverrideNote({ user }: { user: UserDetail }) {
  const { t } = useTranslation('users');
  const client = useQueryClient();
  const confirmed = useConfirmed();
  const removing = useMutation({
    mutationFn: () => confirmed(() => removeOverride(user.id)),
    onSuccess: () => {
      toastDone(t('userLimits.thePlansLimits'));
      return client.invalidateQueries({ queryKey: userKeys.all });
    },
    onError: (error) => toastFailed(t('userLimits.couldntRemoveThe'), error),
  });
  const { override } = user;
  if (!override) return null;
  return (
    <div className={classes.override} role="note">
      <p>
        {override.until === null ? t('userLimits.someLimitsAre', { reason: override.reason }) : t('userLimits.someLimitsAreThis', { until: formatLastDay(override.until), reason: override.reason })}
      </p>
      <p className={classes.faint}>
        {override.by !== '' ? t('userLimits.setBy', { createdAt: formatDate(override.createdAt), by: override.by }) : t('userLimits.set', { createdAt: formatDate(override.createdAt) })}
      </p>
      <Button size="compact-sm" variant="default" loading={removing.isPending} onClick={() => removing.mutate()}>
        {t('userLimits.removeOwnLimits')}
      </Button>
    </div>
  );
}

/** How much of each limit is used, where that is counted. */
function usedOf({ usage }: UserDetail, { limit }: LimitField): number | undefined {
  switch (limit) {
    case 'storageBytes':
      return usage.storageUsed;
    case 'bandwidthBytes':
      return usage.bandwidth;
    case 'maxRunningJobs':
      return usage.running;
    case 'maxFiles':
      return usage.files;
    default:
      return undefined;
  }
}

function Limit({ user, field }: { user: UserDetail; field: LimitField }) {
  const { t } = useTranslation('users');
  const value = user.limits[field.limit];
  const used = usedOf(user, field);
  const own = overriddenBy(user.override, field.limit) !== undefined;
  const share = value === null || used === undefined ? 0 : value === 0 ? Math.min(1, used) : used / value;
  return (
    <div>
      <dt>
        {field.label}
        {own && <span className={classes.mark}>{t('userLimits.own')}</span>}
      </dt>
      <dd>
        {used === undefined ? limitText(field, value) : value === null ? t('userLimits.usedNoLimit', { text: field.text(used) }) : t('userLimits.of', { text: field.text(used), text2: field.text(value) })}
        {used !== undefined && value !== null && <ProgressBar label={t('userLimits.used', { label: field.label })} done={share} stored={share} tone={fillTone(share)} />}
      </dd>
    </div>
  );
}
