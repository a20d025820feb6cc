import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { TextTrack, useMediaPlayer, useMediaState } from '@vidstack/react';
import { useEffect, useEffectEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { toastDone, toastFailed } from '@/components/toast';

import { deleteSubtitles, readSubtitles, subtitlesQuery, uploadSubtitles, type Subtitles } from './api';
import { firstSubtitles, languages, offsetOf, rememberLanguages, rememberOffset, type Choice } from './choices';
import { languageName } from './language';
import './messages/catalogue';

/** Subtitles to choose, with their name. */
export interface SubtitleChoice extends Choice {
  label: string;
  /** Uploaded by the user, who may delete them. */
  own: boolean;
}

const trackId = (sid: string) => `file-${sid}`;

/** The subtitles of a film: inside it, beside it and uploaded. At most one of them shows. */
export function useSubtitles(fileId: string, wanted: boolean) {
  const { t } = useTranslation('media');
  const client = useQueryClient();
  const player = useMediaPlayer();
  const { data: items } = useQuery({ ...subtitlesQuery(fileId), enabled: wanted });
  const tracks = useMediaState('textTracks');
  const [chosen, setChosen] = useState('');
  const [touched, setTouched] = useState(false);
  const [offset, setOffset] = useState(() => offsetOf(fileId));
  const inside: SubtitleChoice[] = tracks.flatMap((track) =>
    track.id.startsWith('hls-') && (track.kind === 'subtitles' || track.kind === 'captions')
      ? [{ id: track.id, language: track.language, forced: /forced/i.test(track.label), label: track.label || languageName(track.language) || t('subtitles'), own: false }]
      : [],
  );
  const labelOf = (item: Subtitles) => {
    const name = item.title || languageName(item.language) || item.name;
    if (item.origin === 'uploaded') return t('uploadedTrack', { name });
    return item.forced ? t('forced', { name }) : name;
  };
  const beside: SubtitleChoice[] = (items ?? []).map((item) => ({ id: item.id, language: item.language, forced: item.forced, label: labelOf(item), own: item.origin === 'uploaded' }));
  const choices = [...beside, ...inside];

  const show = async (id: string): Promise<void> => {
    setChosen(id);
    if (!player) return;
    const isInside = id.startsWith('hls-');
    if (id !== '' && !isInside && !player.textTracks.getById(trackId(id))) {
      try {
        const content = await client.query({ queryKey: ['media', fileId, 'subtitles', id], queryFn: () => readSubtitles(fileId, id), staleTime: Infinity });
        const { label = '', language = '' } = choices.find((each) => each.id === id) ?? {};
        player.textTracks.add(new TextTrack({ id: trackId(id), content, type: 'vtt', kind: 'subtitles', label, language }));
      } catch (error) {
        setChosen('');
        toastFailed(t('subtitlesFailed'), error);
        return;
      }
    }
    const shown = isInside ? id : trackId(id);
    for (const track of player.textTracks) {
      if (track.kind === 'subtitles' || track.kind === 'captions') track.mode = track.id === shown ? 'showing' : 'disabled';
    }
  };
  const choose = (id: string) => {
    setTouched(true);
    const choice = choices.find((each) => each.id === id);
    if (id === '' || (choice && choice.language !== '')) rememberLanguages({ subtitles: choice?.language ?? '' });
    void show(id);
  };
  const first = touched || chosen !== '' ? undefined : firstSubtitles(choices, languages().subtitles, navigator.language)?.id;
  const start = useEffectEvent((id: string) => void show(id));
  useEffect(() => {
    if (first !== undefined) start(first);
  }, [first]);
  const [last, setLast] = useState('');
  if (chosen !== '' && chosen !== last) setLast(chosen);
  const toggle = () => choose(chosen === '' ? (choices.find((each) => each.id === last) ?? choices[0])?.id ?? '' : '');

  const uploading = useMutation({
    mutationFn: (file: File) => uploadSubtitles(fileId, file),
    onSuccess: (item) => {
      client.setQueryData(subtitlesQuery(fileId).queryKey, (before) => [...(before ?? []), item]);
      toastDone(t('uploaded', { name: item.name }));
      choose(item.id);
    },
    onError: (error) => toastFailed(t('uploadFailed'), error),
  });
  const removing = useMutation({
    mutationFn: (id: string) => deleteSubtitles(fileId, id),
    onSuccess: (_, id) => {
      if (id === chosen) choose('');
      client.setQueryData(subtitlesQuery(fileId).queryKey, (before) => before?.filter((each) => each.id !== id));
    },
    onError: (error) => toastFailed(t('removeFailed'), error),
  });
  const move = (by: number) => {
    const next = offset + by;
    setOffset(next);
    rememberOffset(fileId, next);
  };
  return { choices, chosen, choose, toggle, upload: uploading.mutate, uploading: uploading.isPending, remove: removing.mutate, offset, move };
}
