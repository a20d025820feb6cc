import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query';
import { lazy, Suspense, use, useCallback, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Media, Playback } from '@/api/model';
import { IconMovie } from '@/components/icons';
import { ErrorNotice, Notice } from '@/components/notice';
import { Room } from '@/components/viewer/room';
import type { Row, Shown } from '@/components/viewer/shown';
import { hasCode, problemCode } from '@/lib/problem';

import { AccessContext } from '../access';
import { mediaQuery, playbackQuery, type End } from '../api';
import { capabilitiesFor, decide, type Capabilities, type Plan } from '../decide';
import '../messages/catalogue';
import { CannotPlay } from './cannot-play';
import classes from './media.module.css';
import { OpenInMenu } from './open-in';
import { TrackList } from './track-list';
import { WatchedButton } from './watched';

// The player and what it needs are half as big as the rest of the app.
const Player = lazy(() => import('./player').then((module) => ({ default: module.Player })));

interface MediaStageProps {
  file: Shown;
  /** A link to the file as it is. */
  url: string;
  /** The season or the album. */
  row: Row;
}

/** Plays a film or a recording, in the way that this browser can, or says why it can't. */
export function MediaStage(props: MediaStageProps) {
  const { file, row } = props;
  const sound = file.contentType.startsWith('audio/');
  const access = use(AccessContext);
  const info = useQuery(mediaQuery(access, file.id));
  const playback = useQuery({ ...playbackQuery(file.id), enabled: access.own });
  const { data } = info;
  const asked = useQuery({
    queryKey: ['media', file.id, 'capabilities', data?.state ?? ''],
    queryFn: async () => {
      if (!data) throw new Error('nothing to ask about');
      return { media: data, can: await capabilitiesFor(data, file.contentType) };
    },
    enabled: data !== undefined,
    // What plays goes on while the browser is asked about what the server has found out.
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    gcTime: 0,
  });
  const [end, setEnd] = useState<End>();
  const { t } = useTranslation('media');
  const { media, can } = asked.data ?? {};
  const onGone = (why: End) => {
    setEnd(why);
    access.onGone();
  };
  if (end) {
    const lost = end === 'lost';
    return (
      <div role="status">
        <Notice icon={IconMovie} title={t(access.own ? 'gone' : 'goneShared')}>
          {access.own ? t(lost ? 'lostText' : 'goneText') : t(lost ? 'lostSharedText' : 'goneSharedText')}
        </Notice>
      </div>
    );
  }
  const known = (info.isError || can) && (!access.own || (playback.data ?? playback.isError));
  if (!known) return <Room sound={sound} withBar={access.saves} />;
  const plays = !media || !can || decide(media, can).how !== 'none';
  return (
    <>
      <Decided {...props} sound={sound} media={media} can={can} playback={playback.data} onGone={onGone} />
      {(access.saves || access.own) && (
        <div className={classes.bar}>
          {plays && <OpenInMenu file={file} duration={media?.duration ?? 0} />}
          {access.own && <WatchedButton fileId={file.id} duration={media?.duration ?? 0} />}
        </div>
      )}
      {sound && row.all.length > 1 && <TrackList row={row} />}
    </>
  );
}

interface DecidedProps extends MediaStageProps {
  sound: boolean;
  media: Media | undefined;
  can: Capabilities | undefined;
  playback: Playback | undefined;
  /** Called when the file is not there any more. */
  onGone: (end: End) => void;
}

/** Where to start: not in a file that was watched, nor right at its start. */
function startOf(playback: Playback | undefined): number {
  return playback && !playback.watched && playback.position > 5 ? playback.position : 0;
}

function Decided({ file, url: given, row, sound, media, can, playback, onGone }: DecidedProps) {
  const { t } = useTranslation('media');
  const access = use(AccessContext);
  const [resumeAt] = useState(() => startOf(playback));
  const at = useRef(resumeAt);
  const startFrom = useCallback(() => at.current, []);
  const onTime = useCallback((time: number) => {
    at.current = time;
  }, []);
  const [url, setUrl] = useState(given);
  const [attempt, setAttempt] = useState({ number: 0, failed: false });
  const plan: Plan = media && can ? decide(media, can) : { how: 'try', because: '' };
  const canStream = media?.state === 'read' && media.stream.possible && can?.picture === true && can.streams;
  const streams = plan.how === 'stream' || (attempt.failed && canStream);
  const link = useQuery({ queryKey: ['media', file.id, 'stream', attempt.number], queryFn: () => access.stream(file.id), enabled: streams, staleTime: Infinity, gcTime: 0 });
  const next = (failed: boolean) => setAttempt(({ number }) => ({ number: number + 1, failed }));
  const onLink = (link: string) => {
    setUrl(link);
    next(false);
  };
  const renew = useNewLink(file.id, { onLink, onFinal: () => next(true), onGone });
  if (plan.how === 'wait') {
    return (
      <div role="status" className={sound ? undefined : classes.looking}>
        <Notice icon={IconMovie} title={t('looking')}>
          {t('lookingText')}
        </Notice>
      </div>
    );
  }
  const duration = media?.duration ?? 0;
  if (plan.how === 'none') return <CannotPlay file={file} duration={duration} reason={plan.reason} />;
  if (attempt.failed && (!streams || plan.how === 'stream')) {
    return <CannotPlay file={file} duration={duration} reason={{ kind: 'failed', because: plan.how === 'try' ? plan.because : '' }} onAgain={() => next(false)} />;
  }
  if (streams && link.error) return <ErrorNotice error={link.error} title={t('streamFailed')} retry={() => void link.refetch()} />;
  if (streams && !link.data) return <Room sound={sound} />;
  return (
    <Suspense fallback={<Room sound={sound} />}>
      <Player
        key={`${streams} ${attempt.number} ${url}`}
        file={file}
        media={media}
        source={streams && link.data ? { kind: 'stream', link: link.data } : { kind: 'file', url }}
        poster={media?.poster ? access.poster(file.id) : undefined}
        sound={sound}
        startFrom={startFrom}
        resumed={attempt.number === 0 && resumeAt > 0}
        next={row.all[row.at + 1]}
        onTime={onTime}
        onGone={onGone}
        onFailed={() => (streams ? next(true) : renew(url))}
      />
    </Suspense>
  );
}

/** A file that fails this soon after a new link is one that the browser can't play, in milliseconds. */
const patience = 5_000;

interface NewLink {
  onLink: (url: string) => void;
  onFinal: () => void;
  onGone: (end: End) => void;
}

/** Gets a new link when a file stops playing, as the old one may have expired: for as long as it takes until the network is back. */
function useNewLink(fileId: string, { onLink, onFinal, onGone }: NewLink): (failed: string) => void {
  const access = use(AccessContext);
  const asked = useRef({ url: '', at: 0 });
  const linking = useMutation({
    mutationFn: () => access.link(fileId),
    networkMode: 'always',
    retry: (_, error) => hasCode(error, problemCode.network) || hasCode(error, problemCode.unavailable),
    retryDelay: 3_000,
    onSuccess: (link) => {
      asked.current = { url: link.url, at: Date.now() };
      onLink(link.url);
    },
    onError: (error) => {
      const end = access.endOf(error);
      if (end) onGone(end);
      else onFinal();
    },
  });
  return (failed) => {
    if (linking.isPending) return;
    if (asked.current.url === failed && Date.now() - asked.current.at < patience) onFinal();
    else linking.mutate();
  };
}
