import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Provider, ProviderList } from '@/api/model';
import { IconKey } from '@/components/icons';
import { ErrorNotice } from '@/components/notice';
import { Page } from '@/components/page';
import { text } from '@/lib/messages';

import '../messages/catalogue';
import { providersQuery } from '../api';
import { DeploymentPart } from './deployment-part';
import { FailoverPart } from './failover-part';
import { HistoryPart } from './history-part';
import { OptionsDialog } from './options-dialog';
import { ProviderCard } from './provider-card';
import classes from './providers.module.css';
import { StoragePart } from './storage-part';
import { SwitchDialog } from './switch-dialog';

const intro = text('providers:providersPage.whereDownloadsAre');

/** The providers: their health, which one gets new downloads, and who changed that. */
export function ProvidersPage() {
  const { t } = useTranslation('providers');
  const { data: list, error, isPending, refetch } = useQuery(providersQuery());
  return (
    <Page title={t('providersPage.providers')} intro={intro}>
      {isPending && (
        <div className={classes.grid}>
          <Skeleton height={320} radius="lg" />
          <Skeleton height={320} radius="lg" />
        </div>
      )}
      {error && !list && <ErrorNotice error={error} title={t('providersPage.couldntLoadThe')} retry={() => void refetch()} />}
      {list && <Parts list={list} />}
    </Page>
  );
}

function Parts({ list }: { list: ProviderList }) {
  const { t } = useTranslation('providers');
  const [to, setTo] = useState<Provider>();
  const [setting, setSetting] = useState(false);
  return (
    <>
      <ul className={classes.grid} aria-label={t('providersPage.providers')}>
        {list.providers.map((info) => (
          <ProviderCard key={info.provider} info={info} onSwitch={setTo} />
        ))}
      </ul>
      <FailoverPart list={list} onChange={() => setSetting(true)} />
      <section className={classes.part} aria-labelledby="credentials">
        <h2 id="credentials">{t('providersPage.credentials')}</h2>
        <p className={classes.credentials}>
          <IconKey size={18} aria-hidden="true" />
          <span>{list.credentialsNote}</span>
        </p>
      </section>
      <HistoryPart />
      <StoragePart />
      <DeploymentPart />
      <SwitchDialog to={to} onClose={() => setTo(undefined)} />
      <OptionsDialog list={list} opened={setting} onClose={() => setSetting(false)} />
    </>
  );
}
