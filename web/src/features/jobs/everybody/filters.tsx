import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { JobState } from '@/api/model';
import { IconChevronDown, IconFilter } from '@/components/icons';
import { TextFilter } from '@/components/text-filter';
import { text } from '@/lib/messages';
import { providerTitles } from '@/lib/provider';
import { own } from '@/lib/reasons/own';
import { problems } from '@/lib/reasons/problems';

import { stateLooks } from '../state';
import './messages/catalogue';
import classes from './everybody.module.css';
import { anySorts, type AnySort } from './sorts';
import { everything, isFiltered, sizes, stateGroups, type AnyView } from './view';

const sortLabels: Record<AnySort, string> = {
  '-created': text('everybody:filters.newestFirst'),
  created: text('everybody:filters.oldestFirst'),
  name: text('everybody:filters.nameATo'),
  '-name': text('everybody:filters.nameZTo'),
  '-size': text('everybody:filters.largestFirst'),
  size: text('everybody:filters.smallestFirst'),
};

const oneState = (Object.keys(stateLooks) as JobState[]).map((value) => ({ value, label: stateLooks[value].label }));
const states = [
  { value: '', label: text('everybody:filters.anyState') },
  { group: text('everybody:filters.severalStates'), items: [...stateGroups] },
  { group: text('everybody:filters.oneState'), items: oneState },
];
const knownStates = new Set(['', ...stateGroups.map(({ value }) => value), ...oneState.map(({ value }) => value)]);

const providers = [
  { value: '', label: text('everybody:filters.anyProvider') },
  { value: 'agent', label: providerTitles.agent },
  { value: 'seedr', label: providerTitles.seedr },
] as const;

const words = (code: string) => code.charAt(0).toUpperCase() + code.slice(1).replaceAll('_', ' ');
const codes = (any: string, all: readonly string[]) => [{ value: '', label: any }, ...[...all].sort().map((value) => ({ value, label: words(value) }))];

/** Reasons that no download keeps: they are worked out when it is opened, or stand in its timeline or progress only. */
const fleeting: readonly string[] = [
  'waits_for_user_slot', 'waits_for_agent_slot', 'pause_requested', 'resume_requested', 'move_requested', 'act_refused', 'admin_acted', 'deleted',
  'file_blocked', 'unblocked', 'trashed', 'restored', 'file_trashed', 'file_restored', 'file_deleted', 'trackers_unused', 'servers_unused', 'names_guessed', 'names_replaced', 'waits_for_metadata', 'waits_for_peers', 'waits_for_disk', 'waits_for_control_plane', 'waits_for_agent',
  'seedr_removes_earlier', 'seedr_looks_for_peers', 'seedr_unconfirmed', 'seedr_idle', 'seedr_paused', 'seedr_places_files',
];
// A download that waits for room has that problem as its reason.
const reasons = codes(text('everybody:filters.anyReason'), [...Object.keys(own).filter((code) => !fleeting.includes(code)), 'storage_full']);
const problemCodes = codes(text('everybody:filters.anyProblem'), Object.keys(problems));

type Options = readonly { value: string; label: string }[];

/** Adds the value of an address to options that lack it. */
function withValue(options: Options, value: string, label = words(value)): { value: string; label: string }[] {
  return options.some((each) => each.value === value) ? [...options] : [...options, { value, label }];
}

function nameFault(typed: string): string {
  return typed.length < 3 ? text('everybody:filters.enterAtLeast') : '';
}

function hashFault(typed: string): string {
  return /^[0-9a-f]{6,64}$/i.test(typed) ? '' : text('everybody:filters.enterAtLeast6');
}

interface FiltersProps {
  view: AnyView;
  agents: readonly { id: string; name: string }[];
  onView: (change: Partial<AnyView>) => void;
}

/** What to look for among the downloads of all accounts, and in which order. */
export function Filters({ view, agents, onView }: FiltersProps) {
  const { t } = useTranslation('everybody');
  const rare = [view.reason, view.problem, view.provider, view.agent, view.from, view.to, view.size, view.hash].filter((value) => value !== '').length;
  const [open, setOpen] = useState(rare > 0);
  return (
    <form className={classes.filters} aria-label={t('filters.filters')} onSubmit={(event) => event.preventDefault()}>
      <div className={classes.fields}>
        <TextFilter label={t('filters.name')} placeholder={t('filters.partOfThe')} maxLength={200} value={view.q} check={nameFault} onCommit={(q) => onView({ q })} />
        <NativeSelect
          size="sm"
          label={t('filters.state')}
          data={knownStates.has(view.state) ? states : [...states, { value: view.state, label: view.state.split(',').map(words).join(', ') }]}
          value={view.state}
          onChange={(event) => onView({ state: event.currentTarget.value })}
        />
        <TextFilter label={t('filters.account')} placeholder={t('filters.addressOrId')} maxLength={254} value={view.user} onCommit={(user) => onView({ user })} />
        <NativeSelect
          size="sm"
          label={t('filters.order')}
          data={anySorts.map((value) => ({ value, label: sortLabels[value] }))}
          value={view.sort}
          onChange={(event) => {
            const sort = anySorts.find((each) => each === event.currentTarget.value);
            if (sort) onView({ sort });
          }}
        />
        <div className={classes.filterbuttons}>
          <Button size="sm" variant="default" rightSection={<IconChevronDown size={16} className={classes.chevron} data-open={open || undefined} />} aria-expanded={open} onClick={() => setOpen(!open)}>
            {rare > 0 ? t('filters.more', { rare }) : t('filters.more2')}
          </Button>
          <Button size="sm" variant="default" leftSection={<IconFilter size={16} />} disabled={!isFiltered(view)} onClick={() => onView({ ...everything, sort: view.sort })}>
            {t('filters.clear')}
          </Button>
        </div>
      </div>
      {open && <RareFilters view={view} agents={agents} onView={onView} />}
    </form>
  );
}

function RareFilters({ view, agents, onView }: FiltersProps) {
  const { t } = useTranslation('everybody');
  const agentOptions = [{ value: '', label: t('filters.anyAgent') }, ...agents.map(({ id, name }) => ({ value: id, label: name }))];
  return (
    <div className={classes.fields}>
      <NativeSelect size="sm" label={t('filters.reason')} data={withValue(reasons, view.reason)} value={view.reason} onChange={(event) => onView({ reason: event.currentTarget.value })} />
      <NativeSelect size="sm" label={t('filters.problem')} data={withValue(problemCodes, view.problem)} value={view.problem} onChange={(event) => onView({ problem: event.currentTarget.value })} />
      <NativeSelect
        size="sm"
        label={t('filters.provider')}
        data={providers}
        value={view.provider}
        onChange={(event) => onView({ provider: providers.find(({ value }) => value === event.currentTarget.value)?.value ?? '' })}
      />
      <NativeSelect size="sm" label={t('filters.agent')} data={withValue(agentOptions, view.agent, t('filters.aRemovedAgent'))} value={view.agent} onChange={(event) => onView({ agent: event.currentTarget.value })} />
      <NativeSelect size="sm" label={t('filters.size')} data={withValue(sizes, view.size, t('filters.otherSizes'))} value={view.size} onChange={(event) => onView({ size: event.currentTarget.value })} />
      <TextInput size="sm" type="date" label={t('filters.addedFrom')} value={view.from} max={view.to || undefined} onChange={(event) => onView({ from: event.currentTarget.value })} />
      <TextInput size="sm" type="date" label={t('filters.addedUntil')} value={view.to} min={view.from || undefined} onChange={(event) => onView({ to: event.currentTarget.value })} />
      <TextFilter label={t('filters.infoHash')} placeholder={t('filters.orItsBeginning')} maxLength={64} value={view.hash} check={hashFault} onCommit={(hash) => onView({ hash: hash.toLowerCase() })} />
    </div>
  );
}
