import { Button, Checkbox, CloseButton, Loader } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Icon } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Inspection, Reason } from '@/api/model';
import { IconAlertTriangle, IconFile, IconLink, IconMagnet } from '@/components/icons';
import { ProblemHelp } from '@/components/problem-help';
import { text } from '@/lib/messages';
import { messageOf, ProblemError } from '@/lib/problem';
import { nextOf, whyOf } from '@/lib/reasons/reasons';
import { useNow } from '@/lib/use-now';

import './messages/catalogue';
import { inspectQuery } from './api';
import type { Draft } from './drafts';
import { FileChoice } from './file-choice';
import classes from './submit-box.module.css';
import { Held } from './held';
import { noChoice, type Choice } from './store';
import type { Refusal } from './use-submit';

const kinds: Record<Draft['kind'], { icon: Icon; label: string }> = {
  magnet: { icon: IconMagnet, label: text('submit:draftCard.magnetLink') },
  url: { icon: IconLink, label: text('submit:draftCard.url') },
  torrent: { icon: IconFile, label: text('submit:draftCard.torrentFile') },
};

interface DraftCardProps {
  draft: Draft;
  lookUpNow: boolean;
  choice: Choice | undefined;
  /** Why it was not added, if it was not. */
  refusal: Refusal | undefined;
  busy: boolean;
  onChoice: (choice: Choice) => void;
  onAgain: () => void;
  onRemove: () => void;
}

/** One source before it is submitted: what it is, what it holds, which files to download. */
export function DraftCard({ draft, lookUpNow, choice = noChoice, refusal, busy, onChoice, onAgain, onRemove }: DraftCardProps) {
  const { t } = useTranslation('submit');
  const [asked, setAsked] = useState(false);
  const lookUp = useQuery({ ...inspectQuery(draft), enabled: lookUpNow || asked });
  const found = lookUp.data;
  const error = errorOf(refusal);
  const held = heldOf(refusal, found);
  const { icon: Symbol, label } = kinds[draft.kind];
  const name = found && found.name !== '' ? found.name : draft.name;
  return (
    <li className={classes.draft} data-busy={busy || undefined}>
      <div className={classes.drafthead}>
        <span className={classes.kind} title={label}>
          <Symbol size={18} stroke={1.7} aria-label={label} />
        </span>
        <div className={classes.draftmain}>
          <p className={classes.draftname} title={name}>
            {name}
          </p>
          <div className={classes.draftfacts} aria-live="polite">
            {lookUp.isFetching && (
              <span className={classes.looking}>
                <Loader size={13} /> {t('draftCard.lookingUpFiles')}
              </span>
            )}
            {lookUp.isError && <span>{t('draftCard.couldntLookUp', { messageOf: messageOf(lookUp.error) })}</span>}
            {!lookUp.isFetching && lookUp.isPending && (
              <Button size="compact-xs" variant="subtle" onClick={() => setAsked(true)}>
                {t('draftCard.lookUpFiles')}
              </Button>
            )}
            {found?.verdict.reason && <Verdict allowed={found.verdict.allowed} reason={found.verdict.reason} />}
          </div>
          {held && <Held {...held} busy={busy} onAgain={onAgain} />}
          {error !== undefined && (
            <p className={classes.refused} role="alert">
              {messageOf(error)} {error instanceof ProblemError && <ProblemHelp reason={error} />}
            </p>
          )}
        </div>
        <CloseButton aria-label={t('draftCard.remove', { name })} disabled={busy} onClick={onRemove} />
      </div>
      {found && found.files.length > 0 ? (
        <FileChoice found={found} select={choice.select} onChoice={onChoice} />
      ) : (
        <Later draft={draft} choice={choice} found={found !== undefined} page={isPage(lookUp.error) || isPage(error)} onChoice={onChoice} />
      )}
    </li>
  );
}

/** The fault of a draft, unless it is that the user has it already. */
function errorOf(refusal: Refusal | undefined): unknown {
  if (!refusal?.verdict) return refusal?.error;
  const { verdict, jobId, code, detail } = refusal.verdict;
  return verdict === 'duplicate' && jobId !== null ? undefined : new ProblemError(0, code, detail);
}

/** The download that has what the draft would fetch. */
function heldOf(refusal: Refusal | undefined, found: Inspection | undefined) {
  const verdict = refusal?.verdict;
  if (verdict?.verdict === 'duplicate' && verdict.jobId !== null) return { id: verdict.jobId, name: verdict.name, finished: verdict.finished };
  return found?.held ?? undefined;
}

function isPage(error: unknown): boolean {
  return error instanceof ProblemError && error.code === 'not_a_file';
}

interface LaterProps {
  draft: Draft;
  choice: Choice;
  found: boolean;
  page: boolean;
  onChoice: (choice: Choice) => void;
}

/** What can be chosen before the files of a source are known. */
function Later({ draft, choice, found, page, onChoice }: LaterProps) {
  const { t } = useTranslation('submit');
  if (draft.kind === 'magnet' && !found) {
    return (
      <Checkbox
        className={classes.later}
        label={t('draftCard.letMeChoose')}
        checked={choice.chooseFiles}
        onChange={(event) => onChoice({ chooseFiles: event.currentTarget.checked })}
      />
    );
  }
  if (!page) return null;
  return (
    <Checkbox
      className={classes.later}
      label={t('draftCard.keepTheWeb')}
      checked={choice.keepPage === true}
      onChange={(event) => onChoice({ chooseFiles: false, keepPage: event.currentTarget.checked })}
    />
  );
}

/** What speaks against a source, and what the user can do about it. */
function Verdict({ allowed, reason }: { allowed: boolean; reason: Reason }) {
  const now = useNow();
  const waits = allowed && reason.code === 'storage_full';
  return (
    <span className={classes.verdict} data-tone={allowed ? 'warn' : 'bad'}>
      <IconAlertTriangle size={15} aria-hidden="true" /> {whyOf(reason, now)} {nextOf(reason, waits ? { state: 'queued' } : {}, now)}{' '}
      <ProblemHelp reason={reason} />
    </span>
  );
}

