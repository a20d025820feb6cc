import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { TextTrack, useMediaPlayer, useMediaState, type MediaPlayerInstance } from '@vidstack/react';
import { use, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Media, Subtitle } from '@/api/model';
import { toastDone, toastFailed } from '@/components/toast';

import { AccessContext } from './access';
import { deleteSubtitles, subtitlesQuery, subtitlesTextQuery, uploadSubtitles } from './api';
import { firstSubtitles, languages, offsetOf, rememberLanguages, rememberOffset, type Choice } from './choices';
import { languageName } from './language';
import './messages/catalogue';

/** Subtitle to choose, with their name. */
export interface SubtitleChoice extends Choice {
  label: string;
  /** Uploaded by the user, who may delete them. */
  own: boolean;
}

const isInside = (id: string) => id.startsWith('hls-');
const isWords = (track: TextTrack) => track.kind === 'subtitles' || track.kind === 'captions';
const trackId = (id: string) => (isInside(id) ? id : `file-${id}`);

/** Has the player show one track of subtitles, and no other. Those of a file are added once their text is there. */
function showOnly(player: MediaPlayerInstance, choice: SubtitleChoice | undefined, content: string | undefined): void {
  const wanted = choice && trackId(choice.id);
  if (choice && content !== undefined && !player.textTracks.getById(trackId(choice.id))) {
    player.textTracks.add(new TextTrack({ id: trackId(choice.id), content, type: 'vtt', kind: 'subtitles', label: choice.label, language: choice.language }));
  }
  for (const track of player.textTracks) {
    if (isWords(track)) track.setMode(track.id === wanted ? 'showing' : 'disabled');
  }
}

/** Numbers the choices whose names others have too. */
function numbered(choices: SubtitleChoice[]): SubtitleChoice[] {
  const all = choices.map(({ label }) => label);
  return choices.map((choice, at) => {
    const before = all.slice(0, at).filter((label) => label === choice.label).length;
    return before === 0 ? choice : { ...choice, label: `${choice.label} ${before + 1}` };
  });
}

/** The subtitles of a film: inside it, beside it and uploaded. The stream has those inside that are text, in their order. */
function useChoices(fileId: string, wanted: boolean, known: Media['subtitles']): SubtitleChoice[] {
  const { t } = useTranslation('media');
  const { data: items } = useQuery({ ...subtitlesQuery(use(AccessContext), fileId), enabled: wanted });
  const tracks = useMediaState('textTracks');
  const labelOf = (item: Subtitle) => {
    const name = item.title || languageName(item.language) || item.name;
    if (item.origin === 'uploaded') return t('uploadedTrack', { name });
    return item.forced ? t('forced', { name }) : name;
  };
  const beside = (items ?? []).map((item) => ({ id: item.id, language: item.language, forced: item.forced, label: labelOf(item), own: item.origin === 'uploaded' }));
  const texts = known.filter((track) => track.text);
  const inside = tracks.filter((track) => isInside(track.id) && isWords(track)).map((track, at) => {
    // The library's types take the first values of these for the only ones.
    const { label, language }: { label: string; language: string } = track;
    const about = texts[at];
    const name = [about?.title, languageName(language), label].find((each) => each !== undefined && each !== '') ?? t('subtitles');
    const forced = about?.forced ?? /forced/i.test(label);
    return { id: track.id, language, forced, label: forced ? t('forced', { name }) : name, own: false };
  });
  return numbered([...beside, ...inside]);
}

/** The choice of subtitles. At most one track shows. */
export function useSubtitles(fileId: string, wanted: boolean, known: Media['subtitles']) {
  const { t } = useTranslation('media');
  const client = useQueryClient();
  const access = use(AccessContext);
  const player = useMediaPlayer();
  const choices = useChoices(fileId, wanted, known);
  const [picked, setPicked] = useState<string>();
  const [last, setLast] = useState('');
  const [offset, setOffset] = useState(() => (access.own ? offsetOf(fileId) : 0));
  const chosen = picked ?? firstSubtitles(choices, languages().subtitles, navigator.language)?.id ?? '';
  const choice = choices.find((each) => each.id === chosen);
  const text = useQuery({ ...subtitlesTextQuery(access, fileId, chosen), enabled: choice !== undefined && !isInside(chosen) });
  useEffect(() => {
    if (player) showOnly(player, choice, text.data);
  }, [player, choice, text.data]);
  const choose = (id: string) => {
    if (chosen !== '') setLast(chosen);
    setPicked(id);
    const language = choices.find((each) => each.id === id)?.language ?? '';
    if (id === '' || language !== '') rememberLanguages({ subtitles: language });
  };
  const uploading = useMutation({
    mutationFn: (file: File) => uploadSubtitles(fileId, file),
    onSuccess: (item) => {
      client.setQueryData(subtitlesQuery(access, fileId).queryKey, (before) => [...(before ?? []), item]);
      toastDone(t('uploaded', { name: item.name }));
      setPicked(item.id);
    },
    onError: (error) => toastFailed(t('uploadFailed'), error),
  });
  const removing = useMutation({
    mutationFn: (id: string) => deleteSubtitles(fileId, id),
    onSuccess: (_, id) => {
      if (id === chosen) setPicked('');
      client.setQueryData(subtitlesQuery(access, fileId).queryKey, (before) => before?.filter((each) => each.id !== id));
    },
    onError: (error) => toastFailed(t('removeFailed'), error),
  });
  return {
    choices,
    chosen,
    failed: text.isError,
    choose,
    /** Turns the subtitles off, or those on that showed last. */
    toggle: () => {
      const before = choices.find((each) => each.id === last) ?? choices[0];
      if (chosen !== '') choose('');
      else if (before) choose(before.id);
    },
    /** Undefined for a visitor of a share. */
    upload: access.own ? uploading.mutate : undefined,
    remove: removing.mutate,
    offset,
    move: (by: number) => {
      setOffset(offset + by);
      // The name of a visitor's film is a secret, and another one at each visit.
      if (access.own) rememberOffset(fileId, offset + by);
    },
  };
}
