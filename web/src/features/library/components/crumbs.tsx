import { UnstyledButton } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import type { FolderName } from '@/api/model';
import { IconChevronRight } from '@/components/icons';
import { isolated } from '@/lib/isolated';

import classes from './library.module.css';

interface CrumbsProps {
  path: readonly FolderName[];
  /** Called instead of leading to a folder's page; an empty id is the top. */
  onOpen?: (id: string) => void;
}

/** The folders from the top to the one that is shown. */
export function Crumbs({ path, onOpen }: CrumbsProps) {
  const { t } = useTranslation('library');
  const all = [{ id: '', name: t('allFiles') }, ...path];
  return (
    <nav aria-label={t(onOpen ? 'moveAt' : 'path')}>
      <ol className={classes.crumbs}>
        {all.map((folder, at) => (
          <li key={folder.id}>
            {at > 0 && <IconChevronRight size={15} aria-hidden="true" />}
            <Crumb folder={folder} current={at === all.length - 1} onOpen={onOpen} />
          </li>
        ))}
      </ol>
    </nav>
  );
}

function Crumb({ folder, current, onOpen }: { folder: FolderName; current: boolean; onOpen: CrumbsProps['onOpen'] }) {
  if (current) {
    return (
      <span className={classes.crumb} aria-current="page">
        {isolated(folder.name)}
      </span>
    );
  }
  if (onOpen) {
    return (
      <UnstyledButton className={classes.crumb} onClick={() => onOpen(folder.id)}>
        {isolated(folder.name)}
      </UnstyledButton>
    );
  }
  return (
    <Link to="/files" search={folder.id === '' ? {} : { folder: folder.id }} className={classes.crumb}>
      {isolated(folder.name)}
    </Link>
  );
}
