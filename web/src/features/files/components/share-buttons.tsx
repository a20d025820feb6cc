import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { useTranslation } from 'react-i18next';

import { IconShare } from '@/components/icons';
import { baseName } from '@/lib/file-kind';
import type { FolderNode } from '@/lib/file-tree';
import { formatCount } from '@/lib/format';
import { text } from '@/lib/messages';
import type { OutlineFile } from '@/lib/outline';

import '../messages/catalogue';
import classes from './files.module.css';

/** What of a download is shared: folders and the files with the indexes. */
export interface Shared {
  folders?: string[];
  indexes?: number[];
}

/** Starts to share what a person chose, under a name. Without it, nothing can be shared. */
export type OnShare = (what: Shared, name: string) => void;

function ShareIcon({ name, onClick }: { name: string; onClick: () => void }) {
  const { t } = useTranslation('files');
  return (
    <Tooltip label={t('shareButtons.share')}>
      <ActionIcon variant="subtle" color="gray" aria-label={t('shareButtons.share2', { name })} onClick={onClick}>
        <IconShare size={17} />
      </ActionIcon>
    </Tooltip>
  );
}

/** Shares one file. */
export function ShareFileButton({ row, onShare }: { row: OutlineFile; onShare: OnShare }) {
  const name = baseName(row.path);
  return <ShareIcon name={name} onClick={() => onShare({ indexes: [row.index] }, name)} />;
}

/** Shares a folder with everything below it. */
export function ShareFolderButton({ folder, onShare }: { folder: FolderNode; onShare: OnShare }) {
  return <ShareIcon name={text('files:shareButtons.folder', { name: folder.name })} onClick={() => onShare({ folders: [folder.path] }, folder.name)} />;
}

interface ShareSelectionProps {
  /** The chosen files; undefined while none are being chosen. */
  chosen: ReadonlySet<number> | undefined;
  onChosen: (chosen: ReadonlySet<number> | undefined) => void;
  onShare: OnShare;
}

/** The most files that one share names; a folder counts as one. */
const most = 1000;

/** Chooses several files and shares them. */
export function ShareSelection({ chosen, onChosen, onShare }: ShareSelectionProps) {
  const { t } = useTranslation('files');
  if (!chosen) {
    return (
      <Button size="compact-sm" variant="subtle" onClick={() => onChosen(new Set())}>
        {t('shareButtons.shareSeveral')}
      </Button>
    );
  }
  const share = () => onShare({ indexes: [...chosen].sort((a, b) => a - b) }, t('shareButtons.files', { count: chosen.size, number: formatCount(chosen.size) }));
  return (
    <span className={classes.choosing}>
      <Button size="compact-sm" disabled={chosen.size === 0 || chosen.size > most} onClick={share}>
        {chosen.size > most ? t('shareButtons.chooseAtMost') : t('shareButtons.shareFiles', { count: chosen.size, number: formatCount(chosen.size) })}
      </Button>
      <Button size="compact-sm" variant="default" onClick={() => onChosen(undefined)}>
        {t('shareButtons.cancel')}
      </Button>
    </span>
  );
}
