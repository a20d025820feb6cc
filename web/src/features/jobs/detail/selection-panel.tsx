import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import type { Job } from '@/api/model';
import { FileTree } from '@/components/file-tree';
import { IconDownload } from '@/components/icons';
import { toastDone, toastFailed } from '@/components/toast';
import { sizeOf, type TreeFile } from '@/lib/file-tree';
import { formatBytes, formatCount, formatPlural } from '@/lib/format';

import { selectFiles } from '../api';
import { applyJob } from '../cache';
import classes from './detail.module.css';

/** Lets the owner choose the files of a job that waits for the choice. */
export function SelectionPanel({ job, files }: { job: Job; files: readonly TreeFile[] }) {
  const client = useQueryClient();
  const [chosen, setChosen] = useState<ReadonlySet<number>>(() => new Set(files.map((file) => file.index)));
  const choosing = useMutation({
    mutationFn: () => selectFiles(job.id, [...chosen].sort((a, b) => a - b)),
    onSuccess: (answer) => {
      applyJob(client, answer);
      toastDone(`Downloading ${formatPlural(chosen.size, 'file', 'files')}.`);
    },
    onError: (error) => toastFailed("Couldn't save your choice", error),
  });
  const size = sizeOf(files, chosen);
  return (
    <section className={classes.card} aria-labelledby="choose-title">
      <h2 className={classes.cardtitle} id="choose-title">
        Choose what to download
      </h2>
      <p className={classes.cardtext}>Only ticked files are downloaded.</p>
      <FileTree label="Files to choose from" files={files} selection={{ chosen, onChange: setChosen }} maxHeight={480} />
      <div className={classes.choosefoot}>
        <span className="tabular" role="status">
          {formatCount(chosen.size)} of {formatPlural(files.length, 'file', 'files')}, {formatBytes(size)}
        </span>
        <Button
          leftSection={<IconDownload size={17} />}
          disabled={chosen.size === 0}
          loading={choosing.isPending}
          onClick={() => choosing.mutate()}
        >
          Download {chosen.size === files.length ? 'everything' : formatPlural(chosen.size, 'file', 'files')}
        </Button>
      </div>
    </section>
  );
}
