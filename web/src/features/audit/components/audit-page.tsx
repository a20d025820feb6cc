import { NativeSelect } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useDeferredValue } from 'react';
import { useTranslation } from 'react-i18next';

import { Page } from '@/components/page';
import { RecordList } from '@/components/record-list';

import '../messages/catalogue';
import { auditQuery, type AuditView, verifyAudit } from '../api';
import { actionTexts, areas } from '../text';
import { AuditRecord } from './audit-record';
import { AuditTabs } from './audit-tabs';
import { FilterBar } from './filter-bar';
import { TextFilter } from '@/components/text-filter';
import { text } from '@/lib/messages';
import { VerifyChain } from './verify-chain';

interface AuditPageProps {
  view: AuditView;
  onView: (change: Partial<AuditView>) => void;
}

const nothing: AuditView = { actor: '', action: '', target: '', from: '', to: '' };

const actions = [
  { value: '', label: text('audit:auditPage.allActions') },
  ...areas.map(({ value, label }) => ({
    group: label,
    items: [
      { value, label: text('audit:auditPage.all', { label }) },
      ...Object.entries(actionTexts)
        .filter(([action]) => action.startsWith(`${value}.`))
        .map(([action, text]) => ({ value: action, label: text })),
    ],
  })),
];

const known = new Set(['', ...areas.map(({ value }) => value), ...Object.keys(actionTexts)]);

/** Who did what, from where, and what it changed. */
export function AuditPage({ view, onView }: AuditPageProps) {
  const { t } = useTranslation('audit');
  const asked = useDeferredValue(view);
  const list = useInfiniteQuery({ ...auditQuery(asked), placeholderData: (before) => before });
  const filtered = Object.values(view).some((value) => value !== '');
  const onAll = filtered ? () => onView(nothing) : undefined;
  return (
    <Page title={t('auditPage.auditLog')} intro={t('auditPage.whoDidWhat')} actions={<VerifyChain of={t('auditPage.theAuditLog')} verify={verifyAudit} />}>
      <AuditTabs />
      <FilterBar from={view.from} to={view.to} onDays={onView} onAll={onAll}>
        <TextFilter label={t('auditPage.by')} placeholder={t('auditPage.addressAgentOr')} maxLength={254} value={view.actor} onCommit={(actor) => onView({ actor })} />
        <NativeSelect
          size="sm"
          label={t('auditPage.action')}
          data={known.has(view.action) ? actions : [...actions, { value: view.action, label: view.action }]}
          value={view.action}
          onChange={(event) => onView({ action: event.currentTarget.value })}
        />
        <TextFilter label={t('auditPage.target')} placeholder={t('auditPage.addressAgentOr')} maxLength={254} value={view.target} onCommit={(target) => onView({ target })} />
      </FilterBar>
      <RecordList
        label={t('auditPage.auditLog')}
        noun={t('auditPage.entries')}
        list={list}
        keyOf={(entry) => entry.id}
        render={(entry) => <AuditRecord entry={entry} onView={onView} />}
        empty={t('auditPage.adminActionsShow')}
        onAll={onAll}
      />
    </Page>
  );
}
