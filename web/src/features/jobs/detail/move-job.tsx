import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import type { Job, Provider } from '@/api/model';
import { ConfirmDialog } from '@/components/confirm-dialog';
import { FormFault } from '@/components/form-fault';
import { IconRoute } from '@/components/icons';
import { toastDone } from '@/components/toast';
import { providerNames, providerTitles } from '@/lib/provider';

import { jobKeys, moveJob } from '../api';
import { nameOf } from '../state';

/** Says what becomes of a job that is given to another provider, and of what was fetched. */
export function moveTexts(job: Job, to: Provider): string[] {
  const texts: string[] = [];
  if (to === 'seedr') {
    texts.push('Files and parts that are in storage stay. What an agent has fetched but not stored yet is dropped, and Seedr fetches the torrent anew on its side.');
  } else {
    texts.push('What was copied to storage stays; the transfer on Seedr is removed, and agents fetch what is missing.');
    if (job.sourceKind === 'magnet') {
      texts.push('If only Seedr knows the files of the magnet link, they are looked up anew, and everything is fetched again.');
    }
  }
  if (job.state === 'paused') texts.push('It stays paused until it is resumed.');
  else if (job.state === 'awaiting_selection') texts.push('It goes on waiting for the choice of files.');
  else texts.push('It goes to the end of the line and starts by itself when a slot is free.');
  return texts;
}

interface MoveJobProps {
  job: Job;
  /** Why the provider can take nothing at the moment; empty if it can, or that is not known. */
  troubleOf: (to: Provider) => string;
}

/** Has an administrator give an open job to another provider. */
export function MoveJob({ job, troubleOf }: MoveJobProps) {
  const client = useQueryClient();
  const [to, setTo] = useState<Provider>();
  const moving = useMutation({
    mutationFn: (provider: Provider) => moveJob(job.id, provider),
    onSuccess: (_, provider) => {
      toastDone(`“${nameOf(job)}” moves to ${providerNames[provider]}.`);
      setTo(undefined);
      return client.invalidateQueries({ queryKey: jobKeys.all });
    },
  });
  const close = () => {
    moving.reset();
    setTo(undefined);
  };
  const trouble = to ? troubleOf(to) : '';
  return (
    <>
      {job.movableTo.map((provider) => (
        <Button key={provider} variant="default" leftSection={<IconRoute size={16} />} onClick={() => setTo(provider)}>
          Move to {providerTitles[provider]}
        </Button>
      ))}
      <ConfirmDialog
        opened={to !== undefined}
        title={to ? `Move it to ${providerNames[to]}?` : ''}
        confirmLabel="Move"
        danger={false}
        busy={moving.isPending}
        onConfirm={() => to && moving.mutate(to)}
        onClose={close}
      >
        <p>
          “{nameOf(job)}” is at {providerNames[job.provider]} now.
        </p>
        {to && moveTexts(job, to).map((text) => <p key={text}>{text}</p>)}
        {trouble !== '' && (
          <p>
            <b>{trouble}</b> Until that is mended the download waits there.
          </p>
        )}
        <FormFault error={moving.error} />
      </ConfirmDialog>
    </>
  );
}
