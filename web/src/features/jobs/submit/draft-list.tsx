import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';

import { LabelMenu } from '@/features/jobs/labels/components/label-menu';
import { RulesSummary } from '@/features/jobs/rules/components/rules-summary';

import { DraftCard } from './draft-card';
import type { Draft } from './drafts';
import './messages/catalogue';
import type { Choice, Tray } from './store';
import classes from './submit-box.module.css';
import type { useSubmit } from './use-submit';

/** This many drafts are looked up at once; the rest on request, so that a long paste doesn't flood the server. */
const lookedUpAtOnce = 4;
/** With more drafts than this, they scroll in their own frame. */
const manyDrafts = 8;

interface DraftListProps {
  tray: Tray;
  submitting: ReturnType<typeof useSubmit>;
  onChoice: (id: string, choice: Partial<Choice>) => void;
  onLabels: (labels: readonly string[] | undefined) => void;
  onRemove: (gone: (draft: Draft) => boolean) => void;
}

/** What is ready to be added, and what goes for all of it. */
export function DraftList({ tray, submitting, onChoice, onLabels, onRemove }: DraftListProps) {
  const { t } = useTranslation('submit');
  const { drafts } = tray;
  return (
    <>
      <RulesSummary />
      <div className={classes.forall}>
        <LabelMenu label={t('labels')} chosen={tray.labels ?? []} onChange={onLabels} />
        {drafts.length > 1 && (
          <Button size="compact-sm" variant="subtle" color="gray" disabled={submitting.busy} onClick={() => onRemove(() => true)}>
            {t('removeAll')}
          </Button>
        )}
      </div>
      <ul className={classes.drafts} data-many={drafts.length > manyDrafts || undefined} aria-label={t('submitBox.readyToAdd')}>
        {drafts.map((draft, at) => (
          <DraftCard
            key={draft.id}
            draft={draft}
            lookUpNow={at < lookedUpAtOnce}
            choice={tray.choices[draft.id]}
            refusal={submitting.refusals.get(draft.id)}
            busy={submitting.isBusy(draft.id)}
            onChoice={(choice) => onChoice(draft.id, choice)}
            onAgain={() => submitting.addAgain(draft)}
            onRemove={() => onRemove((each) => each.id === draft.id)}
          />
        ))}
      </ul>
    </>
  );
}
