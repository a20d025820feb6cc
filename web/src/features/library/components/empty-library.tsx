import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { IconFolder, IconInbox, IconSearch } from '@/components/icons';
import { Notice } from '@/components/notice';
import { hasCode, problemCode } from '@/lib/problem';

import { isFlat, type LibraryView } from '../view';

interface EmptyLibraryProps {
  view: LibraryView;
  onView: (change: Partial<LibraryView>) => void;
}

/** Replaces the rows when there are none. */
export function EmptyLibrary({ view, onView }: EmptyLibraryProps) {
  const { t } = useTranslation('library');
  if (isFlat(view)) {
    return (
      <Notice
        icon={IconSearch}
        title={t('noMatchTitle')}
        action={
          <Button variant="default" onClick={() => onView({ q: '', type: '' })}>
            {t('showAll')}
          </Button>
        }
      >
        {t(view.q.trim() === '' ? 'noTypeText' : 'noMatchText')}
      </Notice>
    );
  }
  if (view.folder !== '') {
    return (
      <Notice icon={IconFolder} title={t('emptyFolderTitle')}>
        {t('emptyFolderText')}
      </Notice>
    );
  }
  return (
    <Notice
      icon={IconInbox}
      title={t('emptyTitle')}
      action={
        <Button variant="default" renderRoot={(props) => <Link to="/" {...props} />}>
          {t('emptyAdd')}
        </Button>
      }
    >
      {t('emptyText')}
    </Notice>
  );
}

/** Says that a folder is gone, or else shows what is given. */
export function FolderGone({ error, children }: { error: unknown; children: ReactNode }) {
  const { t } = useTranslation('library');
  if (!hasCode(error, problemCode.notFound)) return children;
  return (
    <Notice
      icon={IconFolder}
      title={t('folderGone')}
      action={
        <Button variant="default" renderRoot={(props) => <Link to="/files" {...props} />}>
          {t('showAll')}
        </Button>
      }
    >
      {t('folderGoneText')}
    </Notice>
  );
}
