import { NativeSelect } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useDeferredValue } from 'react';

import { Page } from '@/components/page';
import { RecordList } from '@/components/record-list';

import { securityQuery, type SecurityView, verifySecurity } from '../api';
import { securityText, securityTexts } from '../security-text';
import { AuditTabs } from './audit-tabs';
import { EventRecord } from './event-record';
import { FilterBar } from './filter-bar';
import { TextFilter } from '@/components/text-filter';
import { VerifyChain } from './verify-chain';

interface SecurityPageProps {
  view: SecurityView;
  onView: (change: Partial<SecurityView>) => void;
}

const nothing: SecurityView = { kind: '', user: '', ip: '', from: '', to: '' };
const kinds = [{ value: '', label: 'All kinds' }, ...Object.entries(securityTexts).map(([value, label]) => ({ value, label }))];

/** Sign-ins and refused requests, for spotting attacks. */
export function SecurityPage({ view, onView }: SecurityPageProps) {
  const asked = useDeferredValue(view);
  const list = useInfiniteQuery({ ...securityQuery(asked), placeholderData: (before) => before });
  const filtered = Object.values(view).some((value) => value !== '');
  const onAll = filtered ? () => onView(nothing) : undefined;
  return (
    <Page
      title="Security events"
      intro="Sign-ins and refused requests. Kept for 90 days; repeats are recorded once a minute."
      actions={<VerifyChain of="the security events" verify={verifySecurity} />}
    >
      <AuditTabs />
      <FilterBar from={view.from} to={view.to} onDays={onView} onAll={onAll}>
        <NativeSelect
          size="sm"
          label="Kind"
          data={view.kind in securityTexts || view.kind === '' ? kinds : [...kinds, { value: view.kind, label: securityText(view.kind) }]}
          value={view.kind}
          onChange={(event) => onView({ kind: event.currentTarget.value })}
        />
        <TextFilter label="Account" placeholder="Address or ID" maxLength={254} value={view.user} onCommit={(user) => onView({ user })} />
        <TextFilter label="IP address" maxLength={64} value={view.ip} onCommit={(ip) => onView({ ip })} />
      </FilterBar>
      <RecordList
        label="Security events"
        noun="events"
        list={list}
        keyOf={(event) => event.id}
        render={(event) => <EventRecord event={event} onView={onView} />}
        empty="Sign-ins and refused requests show up here."
        onAll={onAll}
      />
    </Page>
  );
}
