import { SegmentedControl } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { RecordList } from '@/components/record-list';
import { text } from '@/lib/messages';

import '../messages/catalogue';
import { auditQuery, mailsOfQuery, securityQuery } from '../api';
import { useFreshLogs } from '../use-fresh-logs';
import { AuditRecord } from './audit-record';
import classes from './audit.module.css';
import { EventRecord } from './event-record';
import { MailRecord } from './mail-record';

interface Account {
  id: string;
  email: string;
}

const lists = {
  audit: { label: text('audit:recordsOf.auditLog'), list: Acts },
  security: { label: text('audit:recordsOf.securityEvents'), list: Events },
  mails: { label: text('audit:recordsOf.mails'), list: Mails },
};

type Name = keyof typeof lists;

/** What was done to an account, what it did to sign in, and the mails to it. */
export function RecordsOf(account: Account) {
  const { t } = useTranslation('audit');
  const [name, setName] = useState<Name>('audit');
  const { list: List } = lists[name];
  useFreshLogs();
  return (
    <section className={classes.of} aria-labelledby="records">
      <h2 id="records">{t('recordsOf.records')}</h2>
      <SegmentedControl
        aria-label={t('recordsOf.records')}
        data={Object.entries(lists).map(([value, { label }]) => ({ value: value as Name, label }))}
        value={name}
        onChange={setName}
      />
      <List {...account} />
    </section>
  );
}

function Acts({ id }: Account) {
  const { t } = useTranslation('audit');
  const navigate = useNavigate();
  const list = useInfiniteQuery(auditQuery({ actor: '', action: '', target: id, from: '', to: '' }));
  return (
    <RecordList
      label={t('recordsOf.auditLog')}
      noun={t('recordsOf.entries')}
      list={list}
      keyOf={(entry) => entry.id}
      render={(entry) => <AuditRecord entry={entry} onView={(search) => void navigate({ to: '/admin/audit', search })} />}
      empty={t('recordsOf.whatAdminsDo')}
      onAll={undefined}
    />
  );
}

function Events({ id }: Account) {
  const { t } = useTranslation('audit');
  const navigate = useNavigate();
  const list = useInfiniteQuery(securityQuery({ kind: '', user: id, ip: '', from: '', to: '' }));
  return (
    <RecordList
      label={t('recordsOf.securityEvents')}
      noun={t('recordsOf.events')}
      list={list}
      keyOf={(event) => event.id}
      render={(event) => <EventRecord event={event} onView={(search) => void navigate({ to: '/admin/audit/security', search })} />}
      empty={t('recordsOf.itsSignIns')}
      onAll={undefined}
    />
  );
}

function Mails({ id }: Account) {
  const { t } = useTranslation('audit');
  const list = useInfiniteQuery(mailsOfQuery(id));
  return (
    <RecordList label={t('recordsOf.mails')} noun={t('recordsOf.mails2')} list={list} keyOf={(mail) => mail.id} render={(mail) => <MailRecord mail={mail} />} empty={t('recordsOf.mailsToThis')} onAll={undefined} />
  );
}
