import { NativeSelect } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';

import { Page } from '@/components/page';
import { RecordList } from '@/components/record-list';

import { mailsQuery, mailStates, type MailState } from '../api';
import { AuditTabs } from './audit-tabs';
import classes from './audit.module.css';
import { mailLooks, MailRecord } from './mail-record';

const states = [{ value: '', label: 'All mails' }, ...Object.entries(mailLooks).map(([value, { label }]) => ({ value, label }))];

interface MailsPageProps {
  state: MailState | '';
  onState: (state: MailState | '') => void;
}

/** The mails and their outcome, without text and links. */
export function MailsPage({ state, onState }: MailsPageProps) {
  const list = useInfiniteQuery({ ...mailsQuery(state), placeholderData: (before) => before });
  return (
    <Page title="Mails" intro="Which mails were sent, and why others were not. Without their text and links. Kept for 30 days.">
      <AuditTabs />
      <div className={classes.filters}>
        <NativeSelect
          size="sm"
          label="State"
          data={states}
          value={state}
          onChange={(event) => onState(mailStates.find((each) => each === event.currentTarget.value) ?? '')}
        />
      </div>
      <RecordList
        label="Mails"
        noun="mails"
        list={list}
        keyOf={(mail) => mail.id}
        render={(mail) => <MailRecord mail={mail} />}
        empty="Mails about verification, password resets and account changes show up here."
        onAll={state === '' ? undefined : () => onState('')}
      />
    </Page>
  );
}
