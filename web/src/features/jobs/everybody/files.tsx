import type { JobDetail } from '@/api/model';
import { formatCount } from '@/lib/format';

import classes from './any-detail.module.css';

const labels = { stored: 'Stored', pending: 'Not stored yet', skipped: 'Not chosen', lost: 'Lost from storage', trashed: 'In the trash', deleted: 'Deleted' } as const;

/** How many files there are in each state; those without are left out. */
export function Files({ files }: { files: JobDetail['files'] }) {
  const shown = (Object.keys(labels) as (keyof typeof labels)[]).filter((state) => files[state] > 0);
  return (
    <section className={classes.part} aria-labelledby="files-title">
      <h2 id="files-title">Files</h2>
      {shown.length === 0 ? (
        <p className={classes.none}>Not known yet.</p>
      ) : (
        <dl className={classes.counts}>
          {shown.map((state) => (
            <div key={state} data-tone={state === 'lost' ? 'bad' : undefined}>
              <dt>{labels[state]}</dt>
              <dd className="tabular">{formatCount(files[state])}</dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  );
}
