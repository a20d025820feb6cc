import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useRef, useState } from 'react';

import { toastDone, toastFailed } from '@/components/toast';
import { text } from '@/lib/messages';
import { ProblemError } from '@/lib/problem';

import { jobKeys } from '../api';
import { batchesOf, submitBatch, type Verdict } from './api';
import type { Draft } from './drafts';
import './messages/catalogue';
import { changeTray, noChoice, readTray, type Choice, type Tray } from './store';

/** Why a draft is still there after it was added. */
export interface Refusal {
  verdict?: Verdict;
  error?: unknown;
}

/** Submits drafts, all by one request, and keeps why some were refused. */
export function useSubmit(account: string, onAdded: (ids: ReadonlySet<string>) => void) {
  const client = useQueryClient();
  const [underway, setUnderway] = useState<ReadonlySet<string>>(new Set());
  const [refusals, setRefusals] = useState<ReadonlyMap<string, Refusal>>(new Map());
  // A request whose answer was lost is repeated with its key, so that nothing is added twice.
  const unanswered = useRef<{ of: string; key: string }>(undefined);

  const send = useCallback(
    async (drafts: readonly Draft[], choices: Tray['choices'], labels: Tray['labels']) => {
      const of = JSON.stringify([drafts.map((draft) => [draft.id, choices[draft.id]]), labels]);
      const key = unanswered.current?.of === of ? unanswered.current.key : crypto.randomUUID();
      unanswered.current = { of, key };
      const verdicts = await submitBatch(drafts, choices, labels, key);
      unanswered.current = undefined;
      return verdicts;
    },
    [],
  );

  const add = useCallback(
    async (drafts: readonly Draft[]) => {
      const { choices, labels } = readTray(account);
      const refused = new Map<string, Refusal>();
      const able = drafts.filter((draft) => {
        const none = choices[draft.id]?.select?.length === 0;
        if (none) refused.set(draft.id, { error: new ProblemError(0, 'bad_selection', text('submit:useSubmit.chooseAtLeast')) });
        return !none;
      });
      setUnderway(new Set(able.map((draft) => draft.id)));
      const added: string[] = [];
      for (const batch of batchesOf(able)) {
        try {
          const verdicts = await send(batch, choices, labels);
          const gone = new Set<string>();
          for (const [at, draft] of batch.entries()) {
            const verdict = verdicts[at];
            if (verdict?.verdict === 'created') {
              gone.add(draft.id);
              added.push(verdict.name);
            } else if (verdict) refused.set(draft.id, { verdict });
          }
          onAdded(gone);
        } catch (error) {
          for (const draft of batch) refused.set(draft.id, { error });
          if (batch.length > 1) toastFailed(text('submit:useSubmit.couldntAddThe'), error);
          break;
        }
      }
      setUnderway(new Set());
      setRefusals(refused);
      if (added.length === 0) return;
      toastDone(added.length === 1 ? text('submit:addedOne', { name: added[0] ?? '' }) : text('submit:added', { count: added.length }));
      void client.invalidateQueries({ queryKey: jobKeys.lists() });
      void client.invalidateQueries({ queryKey: jobKeys.counts() });
    },
    [account, client, onAdded, send],
  );

  const addAgain = useCallback(
    (draft: Draft) => {
      changeTray(account, (before) => {
        const choice: Choice = { ...noChoice, ...before.choices[draft.id], again: true };
        return { ...before, choices: { ...before.choices, [draft.id]: choice } };
      });
      void add([draft]);
    },
    [account, add],
  );

  return {
    add: (drafts: readonly Draft[]) => void add(drafts),
    addAgain,
    busy: underway.size > 0,
    isBusy: (id: string) => underway.has(id),
    refusals,
  };
}
