import { NativeSelect } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useDeferredValue } from 'react';
import { useTranslation } from 'react-i18next';

import { Page } from '@/components/page';
import { RecordList } from '@/components/record-list';

import '../messages/catalogue';
import { securityQuery, type SecurityView, verifySecurity } from '../api';
import { securityText, securityTexts } from '../security-text';
import { AuditTabs } from './audit-tabs';
import { EventRecord } from './event-record';
import { FilterBar } from './filter-bar';
import { TextFilter } from '@/components/text-filter';
import { text } from '@/lib/messages';
import { VerifyChain } from './verify-chain';

interface SecurityPageProps {
  view: SecurityView;
  onView: (change: Partial<SecurityView>) => void;
}

const nothing: SecurityView = { kind: '', user: '', ip: '', from: '', to: '' };
const kinds = [{ value: '', label: text('audit:securityPage.allKinds') }, ...Object.entries(securityTexts).map(([value, label]) => ({ value, label }))];

/** Sign-ins and refused requests, for spotting attacks. */
export function SecurityPage({ view, onView }: SecurityPageProps) {
  const { t } = useTranslation('audit');
  const asked = useDeferredValue(view);
  const list = useInfiniteQuery({ ...securityQuery(asked), placeholderData: (before) => before });
  const filtered = Object.values(view).some((value) => value !== '');
  const onAll = filtered ? () => onView(nothing) : undefined;
  return (
    <Page
      title={t('securityPage.securityEvents')}
      intro={t('securityPage.signInsAnd')}
      actions={<VerifyChain of={t('securityPage.theSecurityEvents')} verify={verifySecurity} />}
    >
      <AuditTabs />
      <FilterBar from={view.from} to={view.to} onDays={onView} onAll={onAll}>
        <NativeSelect
          size="sm"
          label={t('securityPage.kind')}
          data={view.kind in securityTexts || view.kind === '' ? kinds : [...kinds, { value: view.kind, label: securityText(view.kind) }]}
          value={view.kind}
          onChange={(event) => onView({ kind: event.currentTarget.value })}
        />
        <TextFilter label={t('securityPage.account')} placeholder={t('securityPage.addressOrId')} maxLength={254} value={view.user} onCommit={(user) => onView({ user })} />
        <TextFilter label={t('securityPage.ipAddress')} maxLength={64} value={view.ip} onCommit={(ip) => onView({ ip })} />
      </FilterBar>
      <RecordList
        label={t('securityPage.securityEvents')}
        noun={t('securityPage.events')}
        list={list}
        keyOf={(event) => event.id}
        render={(event) => <EventRecord event={event} onView={onView} />}
        empty={t('securityPage.signInsAndRefused')}
        onAll={onAll}
      />
    </Page>
  );
}
