import { Button, Skeleton } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Trans, useTranslation } from 'react-i18next';

import type { OwnNotice } from '@/api/model';
import { IconInbox } from '@/components/icons';
import { ErrorNotice, Notice } from '@/components/notice';
import { Page } from '@/components/page';
import { RelativeTime } from '@/components/relative-time';
import { toastDone } from '@/components/toast';
import { useConfirmed } from '@/lib/confirmed';
import { formatMoment } from '@/lib/format';
import { isolated } from '@/lib/isolated';

import '../messages/catalogue';
import { noticeKeys, ownNoticesQuery, sendCounter } from '../api';
import { ownStateText } from '../text';
import { CounterDialog } from './counter-form';
import classes from './notices.module.css';
import { OwnStrikeLine, OwnStrikes } from './own-strikes';

/** The takedown notices that block the reader's downloads, and how to object. */
export function OwnNoticesPage() {
  const { t } = useTranslation('notices');
  const { data, error, refetch } = useQuery(ownNoticesQuery());
  const [asked, setAsked] = useState<OwnNotice>();
  const client = useQueryClient();
  const confirmed = useConfirmed();
  return (
    <Page title={t('ownNotices.takedownNotices')} intro={t('ownNotices.claimsOfRights')} narrow>
      {error && !data && <ErrorNotice error={error} title={t('ownNotices.couldntLoadThe')} retry={() => void refetch()} />}
      {!error && !data && <Skeleton height={140} radius="lg" role="status" aria-label={t('ownNotices.loadingTheNotices')} />}
      {data && <OwnStrikes of={data} />}
      {data?.notices.length === 0 && (
        <Notice icon={IconInbox} title={t('ownNotices.noNotices')}>
          {t('ownNotices.yourDownloadsAre')}
        </Notice>
      )}
      {data && data.notices.length > 0 && (
        <ul className={classes.owned} aria-label={t('ownNotices.takedownNotices')}>
          {data.notices.map((notice) => (
            <li key={notice.id}>
              <OwnRecord notice={notice} onObject={() => setAsked(notice)} />
            </li>
          ))}
        </ul>
      )}
      <CounterDialog
        opened={asked !== undefined}
        title={t('ownNotices.objectToThe')}
        consequences={t('ownNotices.theComplainantGets')}
        confirmLabel={t('ownNotices.sendCounterNotice')}
        forOthers={false}
        send={(said) => confirmed(() => sendCounter(asked?.id ?? '', said))}
        onDone={() => {
          toastDone(t('ownNotices.sentTheCounter'));
          setAsked(undefined);
          void client.invalidateQueries({ queryKey: noticeKeys.all });
        }}
        onClose={() => setAsked(undefined)}
      />
    </Page>
  );
}

function OwnRecord({ notice, onObject }: { notice: OwnNotice; onObject: () => void }) {
  const { t } = useTranslation('notices');
  return (
    <article className={classes.card}>
      <p className={classes.what}>
        <b>{notice.for || t('ownNotices.aRightsHolder')}</b>
        {notice.decidedAt !== null && (
          <span className={classes.facts}>
            <Trans t={t} i18nKey="ownNotices.accepted" components={{ relativetime: <RelativeTime at={notice.decidedAt} /> }} />
          </span>
        )}
      </p>
      <dl className={classes.said}>
        <dt>{t('ownNotices.works')}</dt>
        <dd>{isolated(notice.works)}</dd>
        {notice.downloads.length > 0 && (
          <>
            <dt>{t('ownNotices.yourDownloads')}</dt>
            <dd>
              <ul className={classes.names}>
                {notice.downloads.map((name, at) => (
                  <li key={at}>{name}</li>
                ))}
              </ul>
            </dd>
          </>
        )}
        {notice.note !== '' && (
          <>
            <dt>{t('ownNotices.adminsNote')}</dt>
            <dd>{notice.note}</dd>
          </>
        )}
        <OwnStrikeLine strike={notice.strike} />
        {notice.dueAt !== null && (
          <>
            <dt>{t('ownNotices.comesBack')}</dt>
            <dd>{formatMoment(notice.dueAt)}</dd>
          </>
        )}
      </dl>
      <p className={classes.soft}>{ownStateText(notice.state)}</p>
      {notice.canCounter && (
        <div>
          <Button variant="default" onClick={onObject}>
            {t('ownNotices.object')}
          </Button>
        </div>
      )}
    </article>
  );
}
