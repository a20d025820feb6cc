import { NativeSelect } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import { Page } from '@/components/page';
import { RecordList } from '@/components/record-list';
import { text } from '@/lib/messages';

import '../messages/catalogue';
import { mailsQuery, mailStates, type MailState } from '../api';
import { AuditTabs } from './audit-tabs';
import classes from './audit.module.css';
import { mailLooks, MailRecord } from './mail-record';

const states = [{ value: '', label: text('audit:mailsPage.allMails') }, ...Object.entries(mailLooks).map(([value, { label }]) => ({ value, label }))];

interface MailsPageProps {
  state: MailState | '';
  onState: (state: MailState | '') => void;
}

/** The mails and their outcome, without text and links. */
export function MailsPage({ state, onState }: MailsPageProps) {
  const { t } = useTranslation('audit');
  const list = useInfiniteQuery({ ...mailsQuery(state), placeholderData: (before) => before });
  return (
    <Page title={t('mailsPage.mails')} intro={t('mailsPage.whichMailsWere')}>
      <AuditTabs />
      <div className={classes.filters}>
        <NativeSelect
          size="sm"
          label={t('mailsPage.state')}
          data={states}
          value={state}
          onChange={(event) => onState(mailStates.find((each) => each === event.currentTarget.value) ?? '')}
        />
      </div>
      <RecordList
        label={t('mailsPage.mails')}
        noun={t('mailsPage.mails2')}
        list={list}
        keyOf={(mail) => mail.id}
        render={(mail) => <MailRecord mail={mail} />}
        empty={t('mailsPage.mailsAboutVerification')}
        onAll={state === '' ? undefined : () => onState('')}
      />
    </Page>
  );
}
