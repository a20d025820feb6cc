import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import type { JobState, Overview } from '@/api/model';
import { ErrorNotice } from '@/components/notice';
import { Page } from '@/components/page';

import '../messages/catalogue';
import { overviewQuery } from '../api';
import { HealthPart, WarningsPart } from './health-part';
import { JobFigures, ReasonsPart } from './jobs-part';
import classes from './overview.module.css';
import { TrafficPart } from './traffic-chart';

interface OverviewPageProps {
  /** What a state of a download is called. */
  stateName: (state: JobState) => string;
  /** The chart of what is stored by day. */
  growth: (days: Overview['days']) => ReactNode;
  /** What an admin does first; undefined while that is not known. */
  first: ((overview: Overview) => ReactNode) | undefined;
}

/** What goes on in the deployment: what needs a person, health, downloads, throughput and faults. */
export function OverviewPage({ stateName, growth, first }: OverviewPageProps) {
  const { t } = useTranslation('overview');
  const { data: overview, error, refetch } = useQuery(overviewQuery());
  return (
    <Page title={t('overviewPage.overview')} intro={t('overviewPage.howThisInstallation')}>
      {!(overview && first) && (error ? <ErrorNotice error={error} title={t('overviewPage.couldntLoadThe')} retry={() => void refetch()} /> : <Skeleton height={420} radius="lg" />)}
      {overview && first && (
        <>
          {first(overview)}
          <WarningsPart warnings={overview.warnings} />
          <JobFigures overview={overview} />
          <HealthPart components={overview.components} />
          <div className={classes.part}>
            <ReasonsPart overview={overview} stateName={stateName} />
          </div>
          <TrafficPart hours={overview.hours} at={overview.at} />
          <section className={classes.part} aria-labelledby="storage-growth">
            <h2 id="storage-growth">{t('overviewPage.storageLast30')}</h2>
            <div className={classes.card}>{growth(overview.days)}</div>
          </section>
        </>
      )}
    </Page>
  );
}
