import { Button, FileButton, Textarea } from '@mantine/core';
import { lazy, Suspense, useCallback, useEffect, useRef, useState, type ClipboardEvent, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';

import { Hold } from '@/components/hold';
import { IconPlus, IconUpload } from '@/components/icons';
import { formatCount } from '@/lib/format';
import { canKeep } from '@/lib/kept';

import { draftsOfFiles, draftsOfText, withoutKinds, type NewDrafts } from './drafts';
import './messages/catalogue';
import classes from './submit-box.module.css';
import { useKindsOff } from './use-kinds-off';
import { useSubmit } from './use-submit';
import { useTray } from './use-tray';

const loadDrafts = () => import('./draft-list');
// Most visits add nothing.
const Drafts = lazy(() => loadDrafts().then((part) => ({ default: part.DraftList })));

interface SubmitBoxProps {
  /** Id of the account whose drafts these are. */
  account: string;
  /** A source that a link elsewhere brought, to be added by the user. */
  brought: string;
  onTaken: () => void;
}

/** Where downloads start: paste, drop or choose a source, look at its files, or just add it. */
export function SubmitBox({ account, brought, onTaken }: SubmitBoxProps) {
  const { t } = useTranslation('submit');
  const { tray, take, setText, removeDrafts, choose, setLabels } = useTray(account);
  const [keeps] = useState(() => canKeep('session'));
  const [kept] = useState(tray.drafts.length > 0);
  const box = useRef<HTMLTextAreaElement>(null);
  const submitting = useSubmit(account, useCallback((ids) => removeDrafts((draft) => ids.has(draft.id)), [removeDrafts]));
  const off = useKindsOff();
  const accept = (all: NewDrafts) => take(withoutKinds(all, off));

  useEffect(() => {
    // Comes along after the first paint, so that a source that is pasted shows at once. What fails now loads when it is needed.
    loadDrafts().catch(() => undefined);
  }, []);

  useEffect(() => {
    if (brought === '') return;
    take(draftsOfText(brought));
    onTaken();
  }, [brought, onTaken, take]);

  /** Adds what is typed and all drafts at once, without waiting for look-ups. */
  const addAll = () => {
    const typed = withoutKinds(draftsOfText(tray.text), off);
    const all = take(typed);
    if (typed.drafts.length > 0) setText('');
    if (all.length === 0) box.current?.focus();
    else submitting.add(all);
  };
  const onPaste = (event: ClipboardEvent<HTMLTextAreaElement>) => {
    const added = draftsOfText(event.clipboardData.getData('text/plain'));
    // Text that isn't a source stays in the box for correction.
    if (added.drafts.length === 0) return;
    event.preventDefault();
    accept(added);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    addAll();
  };
  const { drafts } = tray;

  return (
    <section className={classes.box} data-hold={kept || undefined} aria-label={t('submitBox.addDownloads')}>
      <div className={classes.entry}>
        <Textarea
          ref={box}
          className={classes.text}
          classNames={{ input: classes.input ?? '' }}
          aria-label={t('submitBox.magnetLinksUrls')}
          placeholder={t('submitBox.magnetLinkUrl')}
          rows={1}
          spellCheck={false}
          autoCapitalize="off"
          data-add-box
          value={tray.text}
          onChange={(event) => setText(event.currentTarget.value)}
          onPaste={onPaste}
          onKeyDown={onKeyDown}
        />
        <div className={classes.buttons}>
          <FileButton accept=".torrent,application/x-bittorrent" multiple onChange={(files) => accept(draftsOfFiles(files))}>
            {(props) => (
              <Button {...props} variant="default" size="md" leftSection={<IconUpload size={17} />}>
                {t('submitBox.torrent')}
              </Button>
            )}
          </FileButton>
          <Button size="md" leftSection={<IconPlus size={18} />} loading={submitting.busy} onClick={addAll}>
            {drafts.length > 1 ? t('submitBox.addDownloads2', { count: drafts.length, number: formatCount(drafts.length) }) : t('submitBox.addDownload')}
          </Button>
        </div>
      </div>
      <p className={classes.hint}>
        {t('submitBox.oneDownloadPer')}
      </p>
      {(!keeps || tray.unkept) && (
        <p role="status" className={classes.hint}>
          {t('notKept')}
        </p>
      )}
      <div role="alert">
        {tray.refused.map((sentence) => (
          <p key={sentence} className={classes.refused}>
            {sentence}
          </p>
        ))}
      </div>
      {drafts.length > 0 && (
        <Suspense fallback={<Hold />}>
          <Drafts tray={tray} submitting={submitting} onChoice={choose} onLabels={setLabels} onRemove={removeDrafts} />
        </Suspense>
      )}
    </section>
  );
}
