import { Button, Checkbox, CloseButton, Loader } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Icon } from '@tabler/icons-react';
import { useState } from 'react';

import type { Inspection, Reason } from '@/api/model';
import { FileTree } from '@/components/file-tree';
import { IconAlertTriangle, IconChevronDown, IconFile, IconLink, IconMagnet } from '@/components/icons';
import { sizeOf } from '@/lib/file-tree';
import { formatBytes, formatPlural } from '@/lib/format';
import { messageOf } from '@/lib/problem';
import { nextOf, whyOf } from '@/lib/reasons/reasons';
import { useNow } from '@/lib/use-now';

import { inspectQuery } from './api';
import type { Draft } from './drafts';
import classes from './submit-box.module.css';
import type { Choice } from './use-submit';

const kinds: Record<Draft['kind'], { icon: Icon; label: string }> = {
  magnet: { icon: IconMagnet, label: 'Magnet link' },
  url: { icon: IconLink, label: 'URL' },
  torrent: { icon: IconFile, label: '.torrent file' },
};

interface DraftCardProps {
  draft: Draft;
  lookUpNow: boolean;
  /** Why the submit failed, if it did. */
  error: unknown;
  busy: boolean;
  onChoice: (choice: Choice) => void;
  onRemove: () => void;
}

/** One source before it is submitted: what it is, what it holds, which files to download. */
export function DraftCard({ draft, lookUpNow, error, busy, onChoice, onRemove }: DraftCardProps) {
  const [asked, setAsked] = useState(false);
  const lookUp = useQuery({ ...inspectQuery(draft), enabled: lookUpNow || asked });
  const found = lookUp.data;
  const { icon: Symbol, label } = kinds[draft.kind];
  const name = found && found.name !== '' ? found.name : draft.name;
  return (
    <li className={classes.draft} data-busy={busy || undefined}>
      <div className={classes.drafthead}>
        <span className={classes.kind} title={label}>
          <Symbol size={18} stroke={1.7} aria-label={label} />
        </span>
        <div className={classes.draftmain}>
          <p className={classes.draftname} title={name}>
            {name}
          </p>
          <div className={classes.draftfacts} aria-live="polite">
            {lookUp.isFetching && (
              <span className={classes.looking}>
                <Loader size={13} /> Looking up files. You can add it without waiting.
              </span>
            )}
            {lookUp.isError && <span>Couldn't look up the files: {messageOf(lookUp.error)}</span>}
            {!lookUp.isFetching && lookUp.isPending && (
              <Button size="compact-xs" variant="subtle" onClick={() => setAsked(true)}>
                Look up files
              </Button>
            )}
            {found?.verdict.reason && <Verdict allowed={found.verdict.allowed} reason={found.verdict.reason} />}
          </div>
          {error !== undefined && (
            <p className={classes.refused} role="alert">
              {messageOf(error)}
            </p>
          )}
        </div>
        <CloseButton aria-label={`Remove ${name}`} disabled={busy} onClick={onRemove} />
      </div>
      {found && found.files.length > 0 ? (
        <FileChoice found={found} onChoice={onChoice} />
      ) : (
        draft.kind === 'magnet' &&
        !found && (
          <Checkbox
            className={classes.later}
            label="Let me choose the files once they are known"
            onChange={(event) => onChoice({ chooseFiles: event.currentTarget.checked })}
          />
        )
      )}
    </li>
  );
}

/** What speaks against a source, and what the user can do about it. */
function Verdict({ allowed, reason }: { allowed: boolean; reason: Reason }) {
  const now = useNow();
  const waits = allowed && reason.code === 'storage_full';
  return (
    <span className={classes.verdict} data-tone={allowed ? 'warn' : 'bad'}>
      <IconAlertTriangle size={15} aria-hidden="true" /> {whyOf(reason, now)} {nextOf(reason, waits ? { state: 'queued' } : {}, now)}
    </span>
  );
}

/** The files of a source, folded away until the user wants to choose. */
function FileChoice({ found, onChoice }: { found: Inspection; onChoice: (choice: Choice) => void }) {
  const [open, setOpen] = useState(false);
  const [chosen, setChosen] = useState<ReadonlySet<number>>(() => new Set(found.files.map((file) => file.index)));
  const all = chosen.size === found.files.length;
  const change = (next: Set<number>) => {
    setChosen(next);
    const whole = next.size === found.files.length;
    onChoice({ chooseFiles: false, ...(!whole && { select: [...next].sort((a, b) => a - b) }) });
  };
  const size = all ? found.size : sizeOf(found.files, chosen);
  return (
    <div className={classes.files}>
      <button type="button" className={classes.summary} aria-expanded={open} onClick={() => setOpen(!open)}>
        <IconChevronDown size={16} className={classes.arrow} data-open={open || undefined} aria-hidden="true" />
        <span className="tabular">
          {all
            ? formatPlural(found.files.length, 'file', 'files')
            : `${chosen.size} of ${formatPlural(found.files.length, 'file', 'files')}`}
          {', '}
          {size === null || size < 0 ? 'size unknown' : formatBytes(size)}
        </span>
        {found.private && <span className={classes.private}>private torrent</span>}
      </button>
      {chosen.size === 0 && <p className={classes.refused}>Choose at least one file.</p>}
      {open && (
        <FileTree label="Files to download" files={found.files} maxHeight={340} selection={{ chosen, onChange: change }} />
      )}
    </div>
  );
}
