import { Gesture, isAudioProvider, isHLSProvider, isVideoProvider, MEDIA_KEY_SHORTCUTS, MediaPlayer, MediaProvider, useMediaState, type MediaPlayerInstance, type MediaProviderAdapter } from '@vidstack/react';
import { use, useEffect, useEffectEvent, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Link, Media } from '@/api/model';
import type { Neighbour } from '@/components/viewer/shown';
import { isolated } from '@/lib/isolated';

import { AccessContext } from '../access';
import type { End } from '../api';
import { firstSound, languages } from '../choices';
import '../messages/catalogue';
import { LivingLink, streamSettings, type Trouble } from '../stream-link';
import { usePlaybackReports } from '../use-playback';
import { useSubtitles } from '../use-subtitles';
import { Captions } from './captions';
import { Controls } from './controls';
import { NextCard } from './next-card';
import classes from './player.module.css';
import { Resumed } from './resumed';

/** Where the film comes from: the file, or a stream of it. */
export type Source = { kind: 'file'; url: string } | { kind: 'stream'; link: Link };

export interface PlayerProps {
  file: { id: string; name: string };
  /** What the server knows of the file; undefined if it has not looked at it. */
  media: Media | undefined;
  source: Source;
  poster: string | undefined;
  sound: boolean;
  /** Returns where to start, in seconds. */
  startFrom: () => number;
  resumed: boolean;
  next: Neighbour | undefined;
  onTime: (time: number) => void;
  /** Called when the browser can't play it, or not any more. */
  onFailed: () => void;
  /** Called when the file is not there any more. */
  onGone: (end: End) => void;
}

// Subtitles have a key of our own.
const shortcuts = { ...MEDIA_KEY_SHORTCUTS, toggleCaptions: null };

const none: Media['subtitles'] = [];

/** What browsers call a connection that ended. */
const networkFault = 2;

/** Plays one film or recording. */
export function Player({ file, media, source, poster, sound, startFrom, resumed, next, onTime, onFailed, onGone }: PlayerProps) {
  const access = use(AccessContext);
  const [startAt] = useState(startFrom);
  const player = useRef<MediaPlayerInstance>(null);
  const [trouble, setTrouble] = useState<Trouble>();
  const [ended, setEnded] = useState(false);
  usePlaybackReports(file.id, player, startAt, onTime);
  // That a file doesn't even open, browsers tell its source only.
  const hear = (event: Event) => {
    if (event.target instanceof HTMLSourceElement) onFailed();
  };
  // Whoever opens a film wants to see it, also with less motion around it, which the library's own way takes for a no.
  const started = useRef(false);
  const start = () => {
    if (!started.current) player.current?.play().catch(() => undefined);
  };
  const prepare = (provider: MediaProviderAdapter | null) => {
    if (source.kind === 'file') {
      const element = isVideoProvider(provider) ? provider.video : isAudioProvider(provider) ? provider.audio : undefined;
      element?.addEventListener('error', hear, true);
      return;
    }
    if (!isHLSProvider(provider)) return;
    // The element gets the address of the stream for AirPlay. Other browsers that play streams would fetch it, too.
    if (!('WebKitPlaybackTargetAvailabilityEvent' in globalThis)) Object.assign(provider, { appendSource: () => undefined });
    // A stream is ready for the library before it is attached, which takes back that it was to play.
    provider.video.addEventListener('canplay', start);
    const link = new LivingLink(source.link, () => access.stream(file.id), access.endOf);
    provider.library = () => import('hls.js');
    provider.config = streamSettings(link, { at: startAt, sound: firstSound(media?.audio ?? [], languages().audio) }, (now) => {
      setTrouble(now);
      if (now === 'gone' || now === 'lost') onGone(now);
    });
  };
  const src = source.kind === 'stream' ? { src: source.link.url, type: 'application/x-mpegurl' as const } : { src: source.url, type: sound ? ('audio/mpeg' as const) : ('video/mp4' as const) };
  return (
    <MediaPlayer
      ref={player}
      className={classes.player}
      data-kind={sound ? 'sound' : 'film'}
      title={file.name}
      aria-label={file.name}
      src={src}
      viewType={sound ? 'audio' : 'video'}
      streamType="on-demand"
      load="eager"
      currentTime={startAt}
      playsInline
      poster={poster ?? ''}
      keyTarget="document"
      keyShortcuts={shortcuts}
      logLevel="silent"
      onProviderChange={prepare}
      onHlsFragLoaded={() => setTrouble(undefined)}
      onCanPlay={start}
      onMediaPauseRequest={() => {
        started.current = true;
      }}
      onPlaying={() => {
        started.current = true;
        setEnded(false);
      }}
      onEnded={() => {
        if (next && sound) next.open();
        else setEnded(true);
      }}
      onError={({ code }) => {
        if (code === networkFault) setTrouble('offline');
        onFailed();
      }}
    >
      <MediaProvider className={classes.provider} />
      {!sound && <Gesture className={classes.gesture} event="pointerup" action="toggle:paused" />}
      {!sound && <Gesture className={classes.gesture} event="dblpointerup" action="toggle:fullscreen" />}
      {!sound && <Gesture className={classes.tap} event="pointerup" action="toggle:controls" />}
      {!sound && poster !== undefined && <Still src={poster} />}
      {!sound && <Waiting />}
      <Says trouble={trouble} />
      <Inside file={file} media={media} sound={sound} next={next} />
      {resumed && <Resumed at={startAt} />}
      {ended && next && !sound && <NextCard next={next} onCancel={() => setEnded(false)} />}
    </MediaPlayer>
  );
}

/** What needs to be within the player to reach it. */
function Inside({ file, media, sound, next }: Pick<PlayerProps, 'file' | 'media' | 'sound' | 'next'>) {
  const { t } = useTranslation('media');
  const subtitles = useSubtitles(file.id, !sound, media?.subtitles ?? none);
  useSubtitlesKey(subtitles.toggle);
  return (
    <>
      {!sound && <Captions offset={subtitles.offset} />}
      <Controls
        sound={sound}
        chapters={media?.chapters ?? []}
        audio={media?.audio ?? []}
        subtitles={subtitles}
        onNext={next && (() => next.open())}
        nextLabel={next ? t('nextTitle', { name: isolated(next.name) }) : ''}
      />
    </>
  );
}

/** Turns subtitles on and off with C: the player knows only of those that it has loaded. */
function useSubtitlesKey(toggle: () => void): void {
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (event.key.toLowerCase() !== 'c' || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target instanceof HTMLElement && event.target.matches('input, textarea, select, [role^="menuitem"]')) return;
    toggle();
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => onKey(event);
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, []);
}

function Still({ src }: { src: string }) {
  const started = useMediaState('started');
  const [broken, setBroken] = useState(false);
  return started || broken ? null : <img className={classes.still} src={src} alt="" onError={() => setBroken(true)} />;
}

function Waiting() {
  const waiting = useMediaState('waiting');
  const canPlay = useMediaState('canPlay');
  return waiting || !canPlay ? (
    <div className={classes.middle}>
      <span className={classes.spinner} />
    </div>
  ) : null;
}

function Says({ trouble }: { trouble: Trouble | undefined }) {
  const { t } = useTranslation('media');
  return (
    <div role="status">
      {trouble === 'busy' && <p className={classes.says}>{t('busy')}</p>}
      {trouble === 'offline' && <p className={classes.says}>{t('offline')}</p>}
    </div>
  );
}
