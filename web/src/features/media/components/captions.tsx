import { useActiveTextTrack, useMediaPlayer, useMediaState } from '@vidstack/react';
import { Fragment, useEffect, useState } from 'react';

import classes from './player.module.css';

const tag = /<(\/?)([a-z]*)[^>]*>/gi;
const shown = new Set(['i', 'b', 'u']);

interface Piece {
  text: string;
  marks: string[];
}

const entities: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&nbsp;': '\u00a0', '&lrm;': '', '&rlm;': '' };

/** Cuts the text of a cue into pieces with their marks. Other tags vanish; nothing becomes HTML. */
export function piecesOf(cue: string): Piece[] {
  const open: string[] = [];
  const pieces: Piece[] = [];
  let from = 0;
  const add = (text: string) => {
    if (text !== '') pieces.push({ text: text.replaceAll(/&\w+;/g, (entity) => entities[entity] ?? entity), marks: [...open] });
  };
  for (const match of cue.matchAll(tag)) {
    add(cue.slice(from, match.index));
    from = match.index + match[0].length;
    const name = (match[2] ?? '').toLowerCase();
    if (!shown.has(name)) continue;
    if (match[1] === '') open.push(name);
    else open.splice(Math.max(0, open.lastIndexOf(name)), open.includes(name) ? 1 : 0);
  }
  add(cue.slice(from));
  return pieces;
}

/** The subtitles of this moment, moved by an offset in milliseconds. */
export function Captions({ offset }: { offset: number }) {
  const track = useActiveTextTrack(['subtitles', 'captions']);
  const time = useMediaState('currentTime');
  const player = useMediaPlayer();
  const [, setRead] = useState(0);
  useEffect(() => {
    if (!track) return;
    const onMore = () => setRead((count) => count + 1);
    const kinds = ['load', 'add-cue'] as const;
    for (const kind of kinds) track.addEventListener(kind, onMore);
    return () => {
      for (const kind of kinds) track.removeEventListener(kind, onMore);
    };
  }, [track]);
  if (!track || !player) return null;
  const at = time - offset / 1000;
  const cues = track.cues.filter((cue) => cue.startTime <= at && at < cue.endTime);
  if (cues.length === 0) return null;
  // The library's type takes the first value for the only one.
  const { language }: { language: string } = track;
  return (
    <div className={classes.captions} lang={language === '' ? undefined : language}>
      {cues.map((cue, index) => (
        <p key={`${cue.startTime} ${index}`} dir="auto">
          {piecesOf(cue.text).map((piece, place) => (
            <Marked key={place} piece={piece} />
          ))}
        </p>
      ))}
    </div>
  );
}

function Marked({ piece: { text, marks } }: { piece: Piece }) {
  const [mark, ...rest] = marks;
  if (mark === undefined) return <Fragment>{text}</Fragment>;
  const inner = <Marked piece={{ text, marks: rest }} />;
  if (mark === 'i') return <i>{inner}</i>;
  return mark === 'b' ? <b>{inner}</b> : <u>{inner}</u>;
}
