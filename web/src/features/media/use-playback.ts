import { useQueryClient } from '@tanstack/react-query';
import type { MediaPlayerInstance } from '@vidstack/react';
import { use, useEffect, useEffectEvent, useRef, type RefObject } from 'react';

import type { Playback } from '@/api/model';

import { AccessContext } from './access';
import { mediaKeys, playbackQuery, savePlayback } from './api';

/** How often the server hears where the user is, in milliseconds. */
const every = 10_000;

/** Positions closer than this are the same, in seconds. */
const near = 1;

/** Tells the server where the user is in a film of theirs: every ten seconds, on a pause, at the end, and when the page is left. */
export function usePlaybackReports(fileId: string, player: RefObject<MediaPlayerInstance | null>, startAt: number, onTime: (time: number) => void): void {
  const client = useQueryClient();
  const { own } = use(AccessContext);
  const told = useRef(startAt);
  const last = useRef({ position: startAt, duration: 0 });
  const report = useEffectEvent(() => {
    const { position, duration } = last.current;
    if (!own || duration <= 0 || Math.abs(position - told.current) < near) return;
    told.current = position;
    const onSaved = (saved: Playback) => {
      client.setQueryData(playbackQuery(fileId).queryKey, (before) => before && saved);
      void client.invalidateQueries({ queryKey: mediaKeys.jobs, refetchType: 'none' });
    };
    // The next report makes up for one that is lost.
    savePlayback(fileId, { position, duration: Math.max(duration, position) }).then(onSaved, () => undefined);
  });
  const hear = useEffectEvent((instance: MediaPlayerInstance, ended: boolean) => {
    const { currentTime, duration, canPlay } = instance.state;
    if (!canPlay || !Number.isFinite(duration) || duration <= 0) return;
    last.current = { position: ended ? duration : currentTime, duration };
    onTime(ended ? 0 : currentTime);
  });
  useEffect(() => {
    const instance = player.current;
    if (!instance) return;
    const timer = setInterval(() => {
      if (!instance.state.paused) report();
    }, every);
    const onTimeUpdate = () => hear(instance, false);
    const onPause = () => report();
    const onEnded = () => {
      hear(instance, true);
      report();
    };
    const onHide = () => {
      if (document.visibilityState === 'hidden') report();
    };
    instance.addEventListener('time-update', onTimeUpdate);
    instance.addEventListener('pause', onPause);
    instance.addEventListener('ended', onEnded);
    window.addEventListener('pagehide', onPause);
    document.addEventListener('visibilitychange', onHide);
    return () => {
      clearInterval(timer);
      instance.removeEventListener('time-update', onTimeUpdate);
      instance.removeEventListener('pause', onPause);
      instance.removeEventListener('ended', onEnded);
      window.removeEventListener('pagehide', onPause);
      document.removeEventListener('visibilitychange', onHide);
      report();
    };
  }, [player]);
}
