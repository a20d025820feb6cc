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

/** Names a move: jobs that are with the agents already go to another one. */
export function moveLabel(to: Provider, already: boolean): string {
  return already ? 'Move to another agent' : `Move to ${providerTitles[to]}`;
}

/** Says what happens to a job that moves to another provider, and to what was fetched. */
export function moveTexts(job: Job, to: Provider): string[] {
  const texts: string[] = [];
  if (to === job.provider) {
    return ['Files and parts in storage stay. What its agent fetched but has not stored is fetched again. If no other agent has room, it stays where it is.'];
  }
  if (to === 'seedr') {
    texts.push('Files and parts in storage stay. What an agent fetched but has not stored is dropped, and Seedr fetches the whole torrent.');
  } else {
    texts.push('Files and parts in storage stay. The transfer on Seedr is removed, and agents fetch the rest.');
    if (job.sourceKind === 'magnet') {
      texts.push('If only Seedr knows the files of this magnet link, agents look them up and fetch everything again.');
    }
  }
  if (job.state === 'paused') texts.push('It stays paused until resumed.');
  else if (job.state === 'awaiting_selection') texts.push('It keeps waiting for files to be chosen.');
  else texts.push('It joins the end of the queue and starts when a slot is free.');
  return texts;
}

interface MoveJobProps {
  job: Job;
  /** Why the provider can't take work right now; empty if it can, or if that is unknown. */
  troubleOf: (to: Provider) => string;
}

/** Lets an admin move an open job to another provider. */
export function MoveJob({ job, troubleOf }: MoveJobProps) {
  const client = useQueryClient();
  const [to, setTo] = useState<Provider>();
  const moving = useMutation({
    mutationFn: (provider: Provider) => moveJob(job.id, provider),
    onSuccess: (_, provider) => {
      toastDone(`Moving “${nameOf(job)}” to ${provider === job.provider ? 'another agent' : providerNames[provider]}.`);
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
          {moveLabel(provider, provider === job.provider)}
        </Button>
      ))}
      <ConfirmDialog
        opened={to !== undefined}
        title={to ? `${moveLabel(to, to === job.provider)}?` : ''}
        confirmLabel="Move"
        danger={false}
        busy={moving.isPending}
        onConfirm={() => to && moving.mutate(to)}
        onClose={close}
      >
        <p>
          “{nameOf(job)}” is with {providerNames[job.provider]} now.
        </p>
        {to && moveTexts(job, to).map((text) => <p key={text}>{text}</p>)}
        {trouble !== '' && (
          <p>
            <b>{trouble}</b> The download waits there until that is fixed.
          </p>
        )}
        <FormFault error={moving.error} />
      </ConfirmDialog>
    </>
  );
}
