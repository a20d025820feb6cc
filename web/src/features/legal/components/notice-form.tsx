import { Button, Checkbox, Textarea, TextInput } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import type { SentTakedownNotice } from '@/api/model';
import { FormFault } from '@/components/form-fault';
import { linesOf } from '@/lib/lines-of';
import { useApiForm } from '@/lib/use-api-form';

import { sendNotice } from '../api';
import { claimFaults, noticeSchema, type Claim } from '../schema';
import { Claims } from './claims';
import classes from './legal.module.css';
import { LegalFrame } from './legal-frame';
import { NoticeSent } from './notice-sent';

/** The check that a human sends the form. */
export interface FormCheck {
  widget: ReactNode;
  withAnswer: <R>(request: (answer: { turnstile?: string }) => Promise<R>) => Promise<R>;
}

/** The form for takedown notices, and what follows. */
export function NoticePage({ check }: { check: FormCheck }) {
  const { t } = useTranslation('legal');
  const [sent, setSent] = useState<SentTakedownNotice>();
  return sent ? (
    <LegalFrame title={t('sent.title')}>
      <NoticeSent sent={sent} />
    </LegalFrame>
  ) : (
    <LegalFrame title={t('form.title')} intro={t('form.intro')}>
      <NoticeForm check={check} onSent={setSent} />
    </LegalFrame>
  );
}

const blank = { name: '', organisation: '', email: '', phone: '', address: '', text: '', goodFaith: false, accuracy: false, signature: '' };

function NoticeForm({ check, onSent }: { check: FormCheck; onSent: (sent: SentTakedownNotice) => void }) {
  const { t } = useTranslation('legal');
  // The same for each try, so that a notice whose answer got lost is recorded once.
  const [key] = useState(() => crypto.randomUUID());
  const [claims, setClaims] = useState<Claim[]>([{ key: 1, work: '', locations: '' }]);
  const [checked, setChecked] = useState(false);
  const faulty = claims.some((claim) => Object.values(claimFaults(claim)).some((fault) => fault !== ''));
  const form = useApiForm({
    schema: noticeSchema,
    initial: blank,
    send: (said) =>
      check.withAnswer((answer) => sendNotice({ ...said, ...answer, key, claims: claims.map(({ work, locations }) => ({ work, locations: linesOf(locations) })) })),
    onDone: onSent,
  });
  const { field } = form;
  return (
    <form
      noValidate
      className={classes.form}
      onSubmit={(event) => {
        setChecked(true);
        if (!faulty) {
          form.submit(event);
          return;
        }
        event.preventDefault();
        event.currentTarget.querySelector('fieldset')?.querySelector('input')?.focus();
      }}
    >
      <FormFault error={form.error} />
      <Claims claims={claims} onChange={setClaims} checked={checked} />
      <fieldset className={classes.set}>
        <legend>{t('form.you')}</legend>
        <div className={classes.pair}>
          <TextInput label={t('form.name')} autoComplete="name" {...field('name')} />
          <TextInput label={t('form.organisation')} description={t('form.organisationHint')} autoComplete="organization" {...field('organisation')} />
          <TextInput label={t('form.email')} type="email" autoComplete="email" {...field('email')} />
          <TextInput label={t('form.phone')} type="tel" autoComplete="tel" {...field('phone')} />
        </div>
        <TextInput label={t('form.address')} autoComplete="street-address" {...field('address')} />
        <Textarea label={t('form.text')} rows={2} resize="vertical" {...field('text')} />
      </fieldset>
      <fieldset className={classes.set}>
        <legend>{t('form.statements')}</legend>
        <Checkbox label={t('form.goodFaith')} {...field('goodFaith')} />
        <Checkbox label={t('form.accuracy')} {...field('accuracy')} />
        <TextInput label={t('form.signature')} description={t('form.signatureHint')} autoComplete="off" {...field('signature')} />
        <p className={classes.soft}>{t('form.perjury')}</p>
      </fieldset>
      {check.widget}
      <div>
        <Button type="submit" size="md" loading={form.busy} disabled={form.wait > 0}>
          {t('form.send')}
        </Button>
      </div>
    </form>
  );
}
