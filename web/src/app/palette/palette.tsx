import { useMantineColorScheme, VisuallyHidden } from '@mantine/core';
import { createSpotlight, Spotlight } from '@mantine/spotlight';
import '@mantine/spotlight/styles.layer.css';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { Icon } from '@tabler/icons-react';
import { useCallback, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { IconDeviceDesktop, IconFile, IconLogout, IconMoon, IconPlus, IconSearch, IconSun } from '@/components/icons';
import { lookOf, nameOf } from '@/features/jobs/state';
import { isolated } from '@/lib/isolated';
import { useTyped } from '@/lib/use-typed';

import './messages/catalogue';
import { matches, pages } from './pages';
import classes from './palette.module.css';
import { foundQuery, type Found } from './search';

const [store, palette] = createSpotlight();

export interface PaletteProps {
  admin: boolean;
  onSignOut: () => void;
  /** How often it was asked for: it opens with each time. */
  asked: number;
}

interface Entry {
  id: string;
  label: string;
  hint?: string;
  icon: Icon;
  go: () => void;
}

/** The palette: pages, commands, downloads and files by the beginnings of words, for keyboards and fingers. */
export function Palette({ admin, onSignOut, asked }: PaletteProps) {
  const { t } = useTranslation('palette');
  const [words, setWords] = useState('');
  const [typed, type] = useTyped(
    words,
    useCallback((text: string) => setWords(text), []),
  );
  useEffect(() => palette.open(), [asked]);
  const q = words.trim();
  const found = useQuery({ ...foundQuery(q), placeholderData: keepPreviousData });
  const groups = useGroups(typed, admin, onSignOut);
  const results = useResults(found.data);
  const count = groups.acts.length + groups.pages.length + results.jobs.length + results.files.length;
  useSelection([...groups.acts, ...groups.pages, ...results.jobs, ...results.files]);
  const searching = typed.trim() !== q || found.isPlaceholderData || found.isPending;
  return (
    <Spotlight.Root
      store={store}
      query={typed}
      onQueryChange={(text) => type(text, text === '')}
      shortcut={null}
      scrollable
      centered={false} // its box stays in place while its list grows and shrinks
      title={t('open')}
      classNames={{ header: classes.header, actionsList: classes.list }}
    >
      <Spotlight.Search placeholder={t('placeholder')} aria-label={t('placeholder')} maxLength={200} leftSection={<IconSearch size={18} />} />
      <VisuallyHidden role="status">{searching ? t('searching') : t('found', { count })}</VisuallyHidden>
      <Spotlight.ActionsList>
        <Group label={t('acts')} entries={groups.acts} />
        <Group label={t('pages')} entries={groups.pages} />
        <Group label={t(q === '' ? 'recent' : 'downloads')} entries={results.jobs} />
        <Group label={t('files')} entries={results.files} />
        {found.isError && <p className={classes.told}>{t('failed')}</p>}
        {count === 0 && !found.isError && <p className={classes.told}>{searching ? t('searching') : t('nothing')}</p>}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}

/** Keeps an entry selected, so that Enter has one: the list selects before it has its new entries. */
function useSelection(entries: readonly Entry[]): void {
  const shown = entries.map(({ id }) => id).join(' ');
  useEffect(() => {
    const list = document.getElementById(store.getState().listId);
    if (!list || list.querySelector('[data-selected]')) return;
    list.querySelector('[data-action]')?.setAttribute('data-selected', 'true');
    store.updateState((state) => ({ ...state, selected: 0 }));
  }, [shown]);
}

function Group({ label, entries }: { label: string; entries: readonly Entry[] }) {
  if (entries.length === 0) return null;
  return (
    <Spotlight.ActionsGroup label={label}>
      {entries.map(({ id, label: name, hint, icon: Symbol, go }) => (
        <Spotlight.Action key={id} onClick={go}>
          <span className={classes.entry}>
            <Symbol size={18} stroke={1.7} aria-hidden="true" />
            <span className={classes.name} title={name}>
              {name}
            </span>
            {hint !== undefined && <span className={classes.hint}>{hint}</span>}
          </span>
        </Spotlight.Action>
      ))}
    </Spotlight.ActionsGroup>
  );
}

/** Focuses the box for new downloads as soon as it is there. */
function focusAddBox(): void {
  document.querySelector<HTMLElement>('textarea[data-add-box]')?.focus();
}

/** The commands and pages whose names have the words. */
function useGroups(typed: string, admin: boolean, onSignOut: () => void): { acts: Entry[]; pages: Entry[] } {
  const { t } = useTranslation('palette');
  const navigate = useNavigate();
  const { setColorScheme } = useMantineColorScheme({ keepTransitions: true });
  const acts: Entry[] = [
    { id: 'add', label: t('add'), icon: IconPlus, go: () => void navigate({ to: '/' }).then(focusAddBox) },
    { id: 'light', label: t('light'), icon: IconSun, go: () => setColorScheme('light') },
    { id: 'dark', label: t('dark'), icon: IconMoon, go: () => setColorScheme('dark') },
    { id: 'auto', label: t('auto'), icon: IconDeviceDesktop, go: () => setColorScheme('auto') },
    { id: 'sign-out', label: t('signOut'), icon: IconLogout, go: onSignOut },
  ];
  const shown = pages
    .filter((page) => admin || !page.admin)
    .map(({ name, to, icon }): Entry => ({ id: name, label: t(name), icon, go: () => void navigate({ to }) }));
  return { acts: acts.filter(({ label }) => matches(label, typed)), pages: shown.filter(({ label }) => matches(label, typed)) };
}

/** What the server found, as entries. */
function useResults(found: Found | undefined): { jobs: Entry[]; files: Entry[] } {
  const navigate = useNavigate();
  const jobs = (found?.jobs ?? []).map((job): Entry => {
    const { label, icon } = lookOf(job);
    return { id: job.id, label: nameOf(job), hint: label, icon, go: () => void navigate({ to: '/jobs/$jobId', params: { jobId: job.id } }) };
  });
  const files = (found?.files ?? []).map(
    (file): Entry => ({ id: file.id, label: isolated(file.name), icon: IconFile, go: () => void navigate({ to: '/files/$fileId', params: { fileId: file.id } }) }),
  );
  return { jobs, files };
}
