import { ActionIcon, Button, Tooltip } from '@mantine/core';

import { IconShare } from '@/components/icons';
import { baseName } from '@/lib/file-kind';
import type { FolderNode } from '@/lib/file-tree';
import { formatPlural } from '@/lib/format';
import type { OutlineFile } from '@/lib/outline';

import classes from './files.module.css';

/** What of a download is shared: folders and the files with the indexes. */
export interface Shared {
  folders?: string[];
  indexes?: number[];
}

/** Starts to share what a person chose, under a name. Without it, nothing can be shared. */
export type OnShare = (what: Shared, name: string) => void;

function ShareIcon({ name, onClick }: { name: string; onClick: () => void }) {
  return (
    <Tooltip label="Share">
      <ActionIcon variant="subtle" color="gray" aria-label={`Share ${name}`} onClick={onClick}>
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
  return <ShareIcon name={`folder ${folder.name}`} onClick={() => onShare({ folders: [folder.path] }, folder.name)} />;
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
  if (!chosen) {
    return (
      <Button size="compact-sm" variant="subtle" onClick={() => onChosen(new Set())}>
        Share several…
      </Button>
    );
  }
  const share = () => onShare({ indexes: [...chosen].sort((a, b) => a - b) }, formatPlural(chosen.size, 'file', 'files'));
  return (
    <span className={classes.choosing}>
      <Button size="compact-sm" disabled={chosen.size === 0 || chosen.size > most} onClick={share}>
        {chosen.size > most ? 'Choose at most 1,000 files, or share their folder' : `Share ${formatPlural(chosen.size, 'file', 'files')}`}
      </Button>
      <Button size="compact-sm" variant="default" onClick={() => onChosen(undefined)}>
        Cancel
      </Button>
    </span>
  );
}
