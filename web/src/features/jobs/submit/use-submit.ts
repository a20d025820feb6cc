import { useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';

import { toastDone } from '@/components/toast';
import { formatPlural } from '@/lib/format';
import { ProblemError } from '@/lib/problem';

import { applyJob } from '../cache';
import { nameOf } from '../state';
import { submit } from './api';
import type { Draft } from './drafts';

/** The user's choices for a draft before adding it. */
export interface Choice {
  /** Indexes of the files to fetch; undefined for all. */
  select?: number[];
  /** Wait for a choice once the files are known. */
  chooseFiles: boolean;
}

const lines = 3;

/** Submits drafts and keeps the outcome of each. */
export function useSubmit(onAdded: (draft: Draft) => void) {
  const client = useQueryClient();
  const choices = useRef(new Map<string, Choice>());
  const [underway, setUnderway] = useState<ReadonlySet<string>>(new Set());
  const [errors, setErrors] = useState<ReadonlyMap<string, unknown>>(new Map());

  async function one(draft: Draft): Promise<string | undefined> {
    try {
      const choice = choices.current.get(draft.id) ?? { chooseFiles: false };
      if (choice.select?.length === 0) throw new ProblemError(0, 'bad_selection', 'Choose at least one file.');
      const job = await submit({ draft, ...choice });
      applyJob(client, job);
      onAdded(draft);
      return nameOf(job);
    } catch (error) {
      setErrors((before) => new Map(before).set(draft.id, error));
      return undefined;
    } finally {
      setUnderway((before) => new Set([...before].filter((id) => id !== draft.id)));
    }
  }

  async function add(drafts: readonly Draft[]): Promise<void> {
    const waiting = drafts.filter((draft) => !underway.has(draft.id));
    setUnderway((before) => new Set([...before, ...waiting.map((draft) => draft.id)]));
    setErrors(new Map());
    const added: string[] = [];
    const line = async () => {
      for (let draft = waiting.shift(); draft; draft = waiting.shift()) {
        const name = await one(draft);
        if (name !== undefined) added.push(name);
      }
    };
    await Promise.all(Array.from({ length: lines }, line));
    if (added.length === 1 && added[0] !== undefined) toastDone(`Added “${added[0]}”.`);
    else if (added.length > 1) toastDone(`Added ${formatPlural(added.length, 'download', 'downloads')}.`);
  }

  return {
    add: (drafts: readonly Draft[]) => void add(drafts),
    busy: underway.size > 0,
    isBusy: (id: string) => underway.has(id),
    errors,
    choose: (id: string, choice: Choice) => void choices.current.set(id, choice),
  };
}
