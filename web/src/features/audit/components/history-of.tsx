import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import { ErrorNotice } from '@/components/notice';
import { RelativeTime } from '@/components/relative-time';

import '../messages/catalogue';
import { auditQuery } from '../api';
import { actionText, actorText, changesOf, type Change } from '../text';
import { useFreshLogs } from '../use-fresh-logs';
import classes from './history-of.module.css';

/** What was done with one thing, newest first and without who looked at it. The log itself has the rest. */
export function HistoryOf({ target }: { target: string }) {
  const { t } = useTranslation('audit');
  const list = useInfiniteQuery(auditQuery({ actor: '', action: '', target, from: '', to: '' }));
  useFreshLogs();
  const entries = list.data?.pages.flatMap(({ items }) => items).filter(({ action }) => !action.endsWith('.read')) ?? [];
  return (
    <section className={classes.history} aria-labelledby="history-title">
      <h2 id="history-title">{t('historyOf.history')}</h2>
      {list.isError && !list.data && <ErrorNotice error={list.error} title={t('historyOf.couldntLoadThe')} retry={() => void list.refetch()} />}
      {entries.length > 0 && (
        <ol className={classes.entries} aria-labelledby="history-title">
          {entries.map((entry) => (
            <li key={entry.id}>
              <b>{actionText(entry.action)}</b>
              <p className={classes.changes}>{changesOf(entry).map(changeText).join('; ')}</p>
              <p className={classes.facts}>
                <span>{t('historyOf.by', { actorText: actorText(entry) })}</span>
                <RelativeTime at={entry.at} />
              </p>
            </li>
          ))}
        </ol>
      )}
      <Link to="/admin/audit" search={{ target }} className={classes.link}>
        {t('historyOf.auditLogEntries')}
      </Link>
    </section>
  );
}

function changeText({ name, from, to }: Change): string {
  return from === undefined || to === undefined ? `${name}: ${to ?? from ?? ''}` : `${name}: ${from} → ${to}`;
}
