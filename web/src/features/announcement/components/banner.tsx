import { ActionIcon } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { IconAlertTriangle, IconInfoCircle, IconX } from '@/components/icons';
import { keep, kept } from '@/lib/kept';

import { shownQuery } from '../api';
import '../messages/catalogue';
import classes from './banner.module.css';

const dismissedKey = 'longhaul-dismissed-announcement';

/** What the operator tells everyone, above the page. */
export function Banner({ signedIn }: { signedIn: boolean }) {
  const { t } = useTranslation('announcement');
  const { data: shown } = useQuery(shownQuery(signedIn));
  const [dismissed, setDismissed] = useState(() => kept('local', dismissedKey));
  const visible = shown && !(shown.dismissible && shown.id === dismissed) ? shown : undefined;
  const Symbol = visible?.level === 'warning' ? IconAlertTriangle : IconInfoCircle;
  return (
    <div role="status" aria-label={t('place')} className={classes.place}>
      {visible && (
        <div className={classes.banner} data-level={visible.level}>
          <Symbol size={18} aria-hidden="true" className={classes.symbol} />
          <p>{visible.text}</p>
          {visible.dismissible && (
            <ActionIcon
              variant="subtle"
              color="gray"
              size={32}
              aria-label={t('dismiss')}
              onClick={() => {
                if (!keep('local', dismissedKey, visible.id)) void import('@/components/hidden-for-now').then(({ sayHiddenForNow }) => sayHiddenForNow());
                setDismissed(visible.id);
              }}
            >
              <IconX size={17} />
            </ActionIcon>
          )}
        </div>
      )}
    </div>
  );
}
