import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Feature, FlagRule, FlagState, Plan } from '@/api/model';
import { ErrorNotice } from '@/components/notice';
import { Page } from '@/components/page';

import '../messages/catalogue';
import { flagsQuery } from '../api';
import { ExceptionDialog } from './exception-dialog';
import { FlagCard } from './flag-card';
import classes from './flags.module.css';
import { RemoveDialog } from './remove-dialog';
import { SwitchDialog } from './switch-dialog';

/** What an admin is about to do. */
type Asked = { act: 'switch'; flag: FlagState } | { act: 'add'; feature: Feature } | { act: 'remove'; feature: Feature; rule: FlagRule };

/** The features that can be switched off. */
export function FlagsPage({ plans }: { plans: readonly Plan[] }) {
  const { t } = useTranslation('flags');
  const { data: flags, error, refetch } = useQuery(flagsQuery());
  const [asked, setAsked] = useState<Asked>();
  const close = () => setAsked(undefined);
  return (
    <Page title={t('flagsPage.features')} intro={t('flagsPage.switchFeaturesOff')}>
      {!flags && !error && <Skeleton height={420} radius="lg" />}
      {!flags && error && <ErrorNotice error={error} title={t('flagsPage.couldntLoadThe')} retry={() => void refetch()} />}
      {flags && (
        <ul className={classes.list} aria-label={t('flagsPage.features')}>
          {flags.map((flag) => (
            <FlagCard
              key={flag.feature}
              flag={flag}
              onSwitch={() => setAsked({ act: 'switch', flag })}
              onAdd={() => setAsked({ act: 'add', feature: flag.feature })}
              onRemove={(rule) => setAsked({ act: 'remove', feature: flag.feature, rule })}
            />
          ))}
        </ul>
      )}
      <SwitchDialog flag={asked?.act === 'switch' ? asked.flag : undefined} onClose={close} />
      <ExceptionDialog plans={plans} feature={asked?.act === 'add' ? asked.feature : undefined} onClose={close} />
      <RemoveDialog asked={asked?.act === 'remove' ? asked : undefined} onClose={close} />
    </Page>
  );
}
