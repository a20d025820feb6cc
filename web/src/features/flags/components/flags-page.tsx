import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import type { Feature, FlagRule, FlagState, Plan } from '@/api/model';
import { ErrorNotice } from '@/components/notice';
import { Page } from '@/components/page';

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
  const { data: flags, error, refetch } = useQuery(flagsQuery());
  const [asked, setAsked] = useState<Asked>();
  const close = () => setAsked(undefined);
  return (
    <Page title="Features" intro="Switch features off for everyone, for a plan or for one account. Changes take effect at once.">
      {!flags && !error && <Skeleton height={420} radius="lg" />}
      {!flags && error && <ErrorNotice error={error} title="Couldn't load the features" retry={() => void refetch()} />}
      {flags && (
        <ul className={classes.list} aria-label="Features">
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
