import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import type { JobEvent } from '@/api/model';
import { ErrorNotice } from '@/components/notice';
import { ProblemHelp } from '@/components/problem-help';
import { RelativeTime } from '@/components/relative-time';
import { useNow } from '@/lib/use-now';

import { timelineQuery } from '../api';
import { stateLooks, type Tone } from '../state';
import './messages/catalogue';
import { eventText } from './event-text';
import classes from './timeline.module.css';

function toneOf(event: JobEvent): Tone {
  if (event.kind === 'attempt') return 'warn';
  return event.kind === 'state' ? stateLooks[event.state].tone : 'idle';
}

/** What happened to a job, as its owner reads it. */
export function Timeline({ jobId }: { jobId: string }) {
  const { t } = useTranslation('detail');
  const { data: events, error, isPending, refetch } = useQuery(timelineQuery(jobId));
  return (
    <section className={classes.section} aria-labelledby="timeline-title">
      <h2 className={classes.title} id="timeline-title">
        {t('timeline.timeline')}
      </h2>
      {isPending && <Skeleton height={120} />}
      {error && !events && <ErrorNotice error={error} title={t('timeline.couldntLoadThe')} retry={() => void refetch()} />}
      {events && <Events events={events} />}
    </section>
  );
}

/** Events, the newest first. */
export function Events({ events }: { events: readonly JobEvent[] }) {
  return (
    <ol className={classes.events} reversed>
      {[...events].reverse().map((event) => (
        <Entry key={event.id} event={event} />
      ))}
    </ol>
  );
}

function Entry({ event }: { event: JobEvent }) {
  const { title, detail } = eventText(event, useNow());
  return (
    <li className={classes.event} data-tone={toneOf(event)}>
      <p className={classes.what}>{title}</p>
      {detail !== '' && <p className={classes.message}>{detail}</p>}
      <p className={classes.when}>
        <RelativeTime at={event.at} /> <ProblemHelp reason={event.reason} />
      </p>
    </li>
  );
}
