import { Button, FileButton, Textarea } from '@mantine/core';
import { useRef, useState, type ClipboardEvent, type KeyboardEvent } from 'react';

import { IconArrowDown, IconPlus, IconUpload } from '@/components/icons';
import { formatPlural } from '@/lib/format';

import { DraftCard } from './draft-card';
import { draftsOfFiles, draftsOfText, mergeDrafts, type Draft, type NewDrafts } from './drafts';
import classes from './submit-box.module.css';
import { usePageDrop } from './use-page-drop';
import { useSubmit } from './use-submit';

/** This many drafts are looked up at once; the rest on request, so that a long paste doesn't flood the server. */
const lookedUpAtOnce = 4;
/** With more drafts than this, they scroll in their own frame. */
const manyDrafts = 8;

/** Where downloads start: paste, drop or choose a source, look at its files, or just add it. */
export function SubmitBox() {
  const [text, setText] = useState('');
  const [drafts, setDrafts] = useState<readonly Draft[]>([]);
  const [refused, setRefused] = useState<readonly string[]>([]);
  const box = useRef<HTMLTextAreaElement>(null);
  const submitting = useSubmit((draft) => setDrafts((before) => before.filter((each) => each.id !== draft.id)));

  const take = (added: NewDrafts) => {
    setDrafts((before) => mergeDrafts(before, added.drafts));
    setRefused(added.refused);
  };
  const over = usePageDrop({
    onText: (pasted) => take(draftsOfText(pasted)),
    onFiles: (files) => take(draftsOfFiles(files)),
  });

  /** Adds what is typed and all drafts at once, without waiting for look-ups. */
  const addAll = () => {
    const typed = draftsOfText(text);
    setRefused(typed.refused);
    const all = mergeDrafts(drafts, typed.drafts);
    setDrafts(all);
    if (typed.drafts.length > 0) setText('');
    if (all.length === 0) box.current?.focus();
    else submitting.add(all);
  };
  const onPaste = (event: ClipboardEvent<HTMLTextAreaElement>) => {
    const added = draftsOfText(event.clipboardData.getData('text/plain'));
    // Text that isn't a source stays in the box for correction.
    if (added.drafts.length === 0) return;
    event.preventDefault();
    take(added);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    addAll();
  };

  return (
    <section className={classes.box} aria-label="Add downloads">
      <div className={classes.entry}>
        <Textarea
          ref={box}
          className={classes.text}
          classNames={{ input: classes.input ?? '' }}
          aria-label="Magnet links, URLs or info hashes, one per line"
          placeholder="Magnet link, URL or info hash"
          rows={1}
          spellCheck={false}
          autoCapitalize="off"
          value={text}
          onChange={(event) => {
            setText(event.currentTarget.value);
            setRefused([]);
          }}
          onPaste={onPaste}
          onKeyDown={onKeyDown}
        />
        <div className={classes.buttons}>
          <FileButton accept=".torrent,application/x-bittorrent" multiple onChange={(files) => take(draftsOfFiles(files))}>
            {(props) => (
              <Button {...props} variant="default" size="md" leftSection={<IconUpload size={17} />}>
                .torrent
              </Button>
            )}
          </FileButton>
          <Button size="md" leftSection={<IconPlus size={18} />} loading={submitting.busy} onClick={addAll}>
            {drafts.length > 1 ? `Add ${formatPlural(drafts.length, 'download', 'downloads')}` : 'Add download'}
          </Button>
        </div>
      </div>
      <p className={classes.hint}>
        One download per line. You can also paste or drop <span className="mono">.torrent</span> files anywhere.
      </p>
      <div role="alert">
        {refused.map((sentence) => (
          <p key={sentence} className={classes.refused}>
            {sentence}
          </p>
        ))}
      </div>
      {drafts.length > 0 && (
        <ul className={classes.drafts} data-many={drafts.length > manyDrafts || undefined} aria-label="Ready to add">
          {drafts.map((draft, at) => (
            <DraftCard
              key={draft.id}
              draft={draft}
              lookUpNow={at < lookedUpAtOnce}
              error={submitting.errors.get(draft.id)}
              busy={submitting.isBusy(draft.id)}
              onChoice={(choice) => submitting.choose(draft.id, choice)}
              onRemove={() => setDrafts((before) => before.filter((each) => each.id !== draft.id))}
            />
          ))}
        </ul>
      )}
      {over && (
        <div className={classes.drop} aria-hidden="true">
          <span className={classes.dropnote}>
            <IconArrowDown size={28} />
            Drop to add
          </span>
        </div>
      )}
    </section>
  );
}
