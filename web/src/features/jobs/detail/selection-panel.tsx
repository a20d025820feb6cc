import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Job } from '@/api/model';
import { FileTree } from '@/components/file-tree';
import { IconDownload } from '@/components/icons';
import { toastDone, toastFailed } from '@/components/toast';
import { sizeOf, type TreeFile } from '@/lib/file-tree';
import { formatBytes, formatCount } from '@/lib/format';

import { selectFiles } from '../api';
import { applyJob } from '../cache';
import './messages/catalogue';
import classes from './detail.module.css';

/** Lets the owner choose the files of a job that waits for the choice. */
export function SelectionPanel({ job, files }: { job: Job; files: readonly TreeFile[] }) {
  const { t } = useTranslation('detail');
  const client = useQueryClient();
  const [chosen, setChosen] = useState<ReadonlySet<number>>(() => new Set(files.map((file) => file.index)));
  const choosing = useMutation({
    mutationFn: () => selectFiles(job.id, [...chosen].sort((a, b) => a - b)),
    onSuccess: (answer) => {
      applyJob(client, answer);
      toastDone(t('selectionPanel.downloadingFiles', { count: chosen.size, number: formatCount(chosen.size) }));
    },
    onError: (error) => toastFailed(t('selectionPanel.couldntSaveYour'), error),
  });
  const size = sizeOf(files, chosen);
  return (
    <section className={classes.card} aria-labelledby="choose-title">
      <h2 className={classes.cardtitle} id="choose-title">
        {t('selectionPanel.chooseWhatTo')}
      </h2>
      <p className={classes.cardtext}>{t('selectionPanel.onlyTickedFiles')}</p>
      <FileTree label={t('selectionPanel.filesToChoose')} files={files} selection={{ chosen, onChange: setChosen }} maxHeight={480} />
      <div className={classes.choosefoot}>
        <span className="tabular" role="status">
          {t('selectionPanel.ofFiles', { count: files.length, number: formatCount(files.length), size: formatCount(chosen.size), size2: formatBytes(size) })}
        </span>
        <Button
          leftSection={<IconDownload size={17} />}
          disabled={chosen.size === 0}
          loading={choosing.isPending}
          onClick={() => choosing.mutate()}
        >
          {chosen.size === files.length ? t('selectionPanel.downloadEverything') : t('selectionPanel.downloadFiles', { count: chosen.size, number: formatCount(chosen.size) })}
        </Button>
      </div>
    </section>
  );
}
