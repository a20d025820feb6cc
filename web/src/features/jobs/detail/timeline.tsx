import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';

import type { JobEvent } from '@/api/model';
import { ErrorNotice } from '@/components/notice';
import { RelativeTime } from '@/components/relative-time';

import { timelineQuery } from '../api';
import { stateLooks, type Tone } from '../state';
import classes from './timeline.module.css';

const kindTexts: Record<JobEvent['kind'], string> = {
  submitted: 'Submitted',
  state: 'Changed state',
  placed: 'Given to an agent or to Seedr',
  attempt: 'An attempt ended',
  manifest: 'Files became known',
  selection: 'Files were chosen',
  moved: 'Moved to another provider',
  deleted: 'Deleted',
};

function toneOf(event: JobEvent): Tone {
  if (event.kind === 'attempt') return 'warn';
  return event.kind === 'state' ? stateLooks[event.state].tone : 'idle';
}

interface Lines {
  title: string;
  detail: string;
}

/** A change of state is headed by the state; anything else by its own sentence. */
function linesOf(event: JobEvent): Lines {
  const message = event.reason.text.replace(/\.$/, '');
  if (event.kind !== 'state') return { title: message === '' ? kindTexts[event.kind] : message, detail: '' };
  const title = stateLooks[event.state].label;
  return { title, detail: message.toLowerCase() === title.toLowerCase() ? '' : event.reason.text };
}

/** What happened to a job, the newest first. */
export function Timeline({ jobId }: { jobId: string }) {
  const { data: events, error, isPending, refetch } = useQuery(timelineQuery(jobId));
  return (
    <section className={classes.section} aria-labelledby="timeline-title">
      <h2 className={classes.title} id="timeline-title">
        Timeline
      </h2>
      {isPending && <Skeleton height={120} />}
      {error && !events && <ErrorNotice error={error} title="Couldn't load the timeline" retry={() => void refetch()} />}
      {events && (
        <ol className={classes.events} reversed>
          {[...events].reverse().map((event) => (
            <Entry key={event.id} event={event} />
          ))}
        </ol>
      )}
    </section>
  );
}

function Entry({ event }: { event: JobEvent }) {
  const { title, detail } = linesOf(event);
  return (
    <li className={classes.event} data-tone={toneOf(event)}>
      <p className={classes.what}>{title}</p>
      {detail !== '' && <p className={classes.message}>{detail}</p>}
      <p className={classes.when}>
        <RelativeTime at={event.at} />
      </p>
    </li>
  );
}
