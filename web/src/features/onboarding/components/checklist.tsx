import { ActionIcon, VisuallyHidden } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { AdminPlan, Config, Overview } from '@/api/model';
import { sayHiddenForNow } from '@/components/hidden-for-now';
import { IconCheck, IconX } from '@/components/icons';

import { dismiss, isDismissed } from '../dismissed';
import '../messages/catalogue';
import { stepsOf, type Step } from '../steps';
import classes from './checklist.module.css';

interface ChecklistProps {
  overview: Overview;
  config: Config;
  plans: readonly AdminPlan[];
}

/** What is left to do before users come. It goes away when all is done, or when the admin hides it. */
export function Checklist({ overview, config, plans }: ChecklistProps) {
  const { t } = useTranslation('onboarding');
  const [hidden, setHidden] = useState(isDismissed);
  const steps = stepsOf(overview, config, plans);
  const done = steps.filter((step) => step.done).length;
  if (hidden || done === steps.length) return null;
  const hide = () => {
    if (!dismiss()) void sayHiddenForNow();
    setHidden(true);
  };
  return (
    <section className={classes.list} aria-labelledby="checklist">
      <div className={classes.head}>
        <h2 id="checklist">{t('title')}</h2>
        <span className={classes.progress}>{t('progress', { done, all: steps.length })}</span>
        <ActionIcon variant="subtle" color="gray" aria-label={t('dismiss')} onClick={hide}>
          <IconX size={18} aria-hidden="true" />
        </ActionIcon>
      </div>
      <ul>
        {steps.map((step) => (
          <StepItem key={step.name} step={step} />
        ))}
      </ul>
    </section>
  );
}

function StepItem({ step: { name, done, to } }: { step: Step }) {
  const { t } = useTranslation('onboarding');
  return (
    <li data-done={done || undefined}>
      <span className={classes.mark}>{done && <IconCheck size={14} stroke={2.4} aria-hidden="true" />}</span>
      <span>
        <VisuallyHidden>{t(done ? 'done' : 'open')} </VisuallyHidden>
        {t(`steps.${name}.${done ? 'done' : 'open'}`)}
      </span>
      <Link to={to}>{t(`steps.${name}.link`)}</Link>
    </li>
  );
}
