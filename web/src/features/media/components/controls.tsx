import { ActionIcon, Tooltip } from '@mantine/core';
import { Controls as Overlay, formatTime, TimeSlider, useMediaRemote, useMediaState, useSliderState, VolumeSlider } from '@vidstack/react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import type { Media } from '@/api/model';
import { IconMaximize, IconMinimize, IconPictureInPicture, IconPlayerPause, IconPlayerPlay, IconPlayerSkipForward, IconVolume, IconVolumeOff } from '@/components/icons';

import '../messages/catalogue';
import type { useSubtitles } from '../use-subtitles';
import { AudioMenu, SpeedMenu, SubtitleMenu } from './menus';
import classes from './player.module.css';

function Control({ label, onClick, wide = false, children }: { label: string; onClick: () => void; wide?: boolean; children: ReactNode }) {
  return (
    <Tooltip label={label} withinPortal={false}>
      <ActionIcon className={classes.button} variant="transparent" size={40} aria-label={label} data-wide={wide || undefined} onClick={onClick}>
        {children}
      </ActionIcon>
    </Tooltip>
  );
}

function chapterAt(chapters: Media['chapters'], time: number): string {
  return chapters.find((chapter) => chapter.start <= time && time < chapter.end)?.title ?? '';
}

/** The moment that the pointer is at. The library's own one still places itself after the player is gone, which fails. */
function Preview({ chapters }: { chapters: Media['chapters'] }) {
  const percent = useSliderState('pointerPercent');
  const active = useSliderState('active');
  const duration = useMediaState('duration');
  const time = (percent / 100) * duration;
  const title = chapterAt(chapters, time);
  return (
    <div className={classes.preview} data-visible={active || undefined} style={{ insetInlineStart: `${percent}%`, transform: `translateX(-${percent}%)` }}>
      {title !== '' && <span>{title}</span>}
      <span className="tabular">{formatTime(time)}</span>
    </div>
  );
}

/** The line of the film, with its chapters. */
function TimeLine({ chapters }: { chapters: Media['chapters'] }) {
  const { t } = useTranslation('media');
  const duration = useMediaState('duration');
  return (
    <TimeSlider.Root className={classes.line} aria-label={t('seek')}>
      <TimeSlider.Track className={classes.track} />
      <TimeSlider.Progress className={classes.loaded} />
      <TimeSlider.TrackFill className={classes.fill} />
      {duration > 0 &&
        chapters.slice(1).map((chapter) => <span key={chapter.start} className={classes.chapter} style={{ insetInlineStart: `${(chapter.start / duration) * 100}%` }} />)}
      <TimeSlider.Thumb className={classes.thumb} />
      <Preview chapters={chapters} />
    </TimeSlider.Root>
  );
}

function Volume() {
  const { t } = useTranslation('media');
  const remote = useMediaRemote();
  const muted = useMediaState('muted');
  const volume = useMediaState('volume');
  const silent = muted || volume === 0;
  return (
    <div className={classes.volume}>
      <Control label={silent ? t('unmute') : t('mute')} onClick={() => remote.toggleMuted()}>
        {silent ? <IconVolumeOff size={22} /> : <IconVolume size={22} />}
      </Control>
      <VolumeSlider.Root className={classes.loudness} aria-label={t('volume')}>
        <VolumeSlider.Track className={classes.track} />
        <VolumeSlider.TrackFill className={classes.fill} />
        <VolumeSlider.Thumb className={classes.thumb} />
      </VolumeSlider.Root>
    </div>
  );
}

function Clock({ chapters }: { chapters: Media['chapters'] }) {
  const time = useMediaState('currentTime');
  const duration = useMediaState('duration');
  const title = chapterAt(chapters, time);
  return (
    <>
      <span className={`${classes.clock} tabular`}>
        {formatTime(time)}
        {Number.isFinite(duration) && ` / ${formatTime(duration)}`}
      </span>
      {title !== '' && <span className={classes.chapterTitle}>{title}</span>}
    </>
  );
}

interface ControlsProps {
  chapters: Media['chapters'];
  audio: Media['audio'];
  subtitles: ReturnType<typeof useSubtitles>;
  onNext: (() => void) | undefined;
  nextLabel: string;
  sound: boolean;
}

/** The controls of the player. Those of sound have no picture to choose for. */
export function Controls({ chapters, audio, subtitles, onNext, nextLabel, sound }: ControlsProps) {
  const { t } = useTranslation('media');
  const remote = useMediaRemote();
  const paused = useMediaState('paused');
  const fullscreen = useMediaState('fullscreen');
  const inPicture = useMediaState('pictureInPicture');
  const canPicture = useMediaState('canPictureInPicture');
  const canFullscreen = useMediaState('canFullscreen');
  return (
    <Overlay.Root className={classes.controls} data-sound={sound || undefined}>
      <TimeLine chapters={chapters} />
      <div className={classes.row}>
        <Control label={paused ? t('play') : t('pause')} onClick={() => remote.togglePaused()}>
          {paused ? <IconPlayerPlay size={24} /> : <IconPlayerPause size={24} />}
        </Control>
        {onNext && (
          <Control label={nextLabel} onClick={onNext}>
            <IconPlayerSkipForward size={22} />
          </Control>
        )}
        <Volume />
        <Clock chapters={chapters} />
        <span className={classes.gap} />
        {!sound && <SubtitleMenu subtitles={subtitles} />}
        <AudioMenu known={audio} />
        <SpeedMenu />
        {!sound && canPicture && (
          <Control wide label={inPicture ? t('leavePictureInPicture') : t('pictureInPicture')} onClick={() => remote.togglePictureInPicture()}>
            <IconPictureInPicture size={22} />
          </Control>
        )}
        {!sound && canFullscreen && (
          <Control label={fullscreen ? t('leaveFullscreen') : t('fullscreen')} onClick={() => remote.toggleFullscreen()}>
            {fullscreen ? <IconMinimize size={22} /> : <IconMaximize size={22} />}
          </Control>
        )}
      </div>
    </Overlay.Root>
  );
}
