import { SegmentedControl } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';

import { RecordList } from '@/components/record-list';

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
  audit: { label: 'Audit log', list: Acts },
  security: { label: 'Security events', list: Events },
  mails: { label: 'Mails', list: Mails },
};

type Name = keyof typeof lists;

/** What was done to an account, what it did to sign in, and the mails to it. */
export function RecordsOf(account: Account) {
  const [name, setName] = useState<Name>('audit');
  const { list: List } = lists[name];
  useFreshLogs();
  return (
    <section className={classes.of} aria-labelledby="records">
      <h2 id="records">Records</h2>
      <SegmentedControl
        aria-label="Records"
        data={Object.entries(lists).map(([value, { label }]) => ({ value: value as Name, label }))}
        value={name}
        onChange={setName}
      />
      <List {...account} />
    </section>
  );
}

function Acts({ id }: Account) {
  const navigate = useNavigate();
  const list = useInfiniteQuery(auditQuery({ actor: '', action: '', target: id, from: '', to: '' }));
  return (
    <RecordList
      label="Audit log"
      noun="entries"
      list={list}
      keyOf={(entry) => entry.id}
      render={(entry) => <AuditRecord entry={entry} onView={(search) => void navigate({ to: '/admin/audit', search })} />}
      empty="What admins do to this account shows up here."
      onAll={undefined}
    />
  );
}

function Events({ id }: Account) {
  const navigate = useNavigate();
  const list = useInfiniteQuery(securityQuery({ kind: '', user: id, ip: '', from: '', to: '' }));
  return (
    <RecordList
      label="Security events"
      noun="events"
      list={list}
      keyOf={(event) => event.id}
      render={(event) => <EventRecord event={event} onView={(search) => void navigate({ to: '/admin/audit/security', search })} />}
      empty="Its sign-ins and refused requests show up here."
      onAll={undefined}
    />
  );
}

function Mails({ id }: Account) {
  const list = useInfiniteQuery(mailsOfQuery(id));
  return (
    <RecordList label="Mails" noun="mails" list={list} keyOf={(mail) => mail.id} render={(mail) => <MailRecord mail={mail} />} empty="Mails to this account show up here." onAll={undefined} />
  );
}
