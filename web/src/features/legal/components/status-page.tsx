import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import type { SentNotice } from '@/api/model';
import { IconInbox } from '@/components/icons';
import { ErrorNotice, Notice } from '@/components/notice';
import { formatMoment } from '@/lib/format';
import { hasCode, problemCode } from '@/lib/problem';

import { sentNoticeQuery } from '../api';
import classes from './legal.module.css';
import { LegalFrame } from './legal-frame';

/** What became of a notice, for whoever has its link. */
export function StatusPage({ token }: { token: string }) {
  const { t } = useTranslation('legal');
  const { data, error, refetch } = useQuery({ ...sentNoticeQuery(token), enabled: token !== '' });
  const missing = token === '' || hasCode(error, problemCode.notFound);
  return (
    <LegalFrame title={t('status.title')}>
      {missing && (
        <Notice icon={IconInbox} title={t('status.missing')}>
          {t('status.missingText')}
        </Notice>
      )}
      {!missing && error && !data && <ErrorNotice error={error} title={t('status.notLoaded')} retry={() => void refetch()} />}
      {!missing && !error && !data && <Skeleton height={160} radius="md" role="status" aria-label={t('status.loading')} />}
      {data && <Status notice={data} />}
    </LegalFrame>
  );
}

function Status({ notice }: { notice: SentNotice }) {
  const { t } = useTranslation('legal');
  return (
    <>
      <p>{t(`status.state.${notice.state}`)}</p>
      <dl className={classes.facts}>
        <dt>{t('sent.reference')}</dt>
        <dd>
          <code>{notice.reference}</code>
        </dd>
        <dt>{t('status.received')}</dt>
        <dd>{formatMoment(notice.receivedAt)}</dd>
        <dt>{t('status.named')}</dt>
        <dd>{t('status.named', { count: notice.items, blocked: notice.blocked })}</dd>
        {notice.decidedAt !== null && (
          <>
            <dt>{t('status.decided')}</dt>
            <dd>{formatMoment(notice.decidedAt)}</dd>
          </>
        )}
        {notice.note !== '' && (
          <>
            <dt>{t('status.note')}</dt>
            <dd>{notice.note}</dd>
          </>
        )}
        {notice.dueAt !== null && (
          <>
            <dt>{t('status.due')}</dt>
            <dd>{formatMoment(notice.dueAt)}</dd>
          </>
        )}
      </dl>
    </>
  );
}
