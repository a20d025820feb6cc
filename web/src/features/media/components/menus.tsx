import { ActionIcon, Menu, Tooltip } from '@mantine/core';
import { useMediaRemote, useMediaState, type AudioTrack as PlayedTrack } from '@vidstack/react';
import { useRef, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import type { AudioTrack } from '@/api/model';
import { IconBadgeCc, IconGauge, IconLanguage, IconTrash, IconUpload } from '@/components/icons';

import { rememberLanguages } from '../choices';
import { languageName } from '../language';
import '../messages/catalogue';
import type { useSubtitles } from '../use-subtitles';
import classes from './player.module.css';

interface PanelProps {
  label: string;
  icon: ReactNode;
  active?: boolean;
  children: ReactNode;
}

/** A menu in the player. It stays in its element, so that it shows in full screen, and the controls stay while it is open. */
function Panel({ label, icon, active = false, children }: PanelProps) {
  const remote = useMediaRemote();
  return (
    <Menu withinPortal={false} position="top-end" offset={10} onOpen={() => remote.pauseControls()} onClose={() => remote.resumeControls()} classNames={{ dropdown: classes.menu }} closeOnItemClick={false}>
      <Menu.Target>
        <Tooltip label={label} withinPortal={false}>
          <ActionIcon className={classes.button} variant="transparent" size={40} aria-label={label} data-active={active || undefined}>
            {icon}
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>{children}</Menu.Dropdown>
    </Menu>
  );
}

/** The choice of subtitles, and by how much they come later. */
export function SubtitleMenu({ subtitles }: { subtitles: ReturnType<typeof useSubtitles> }) {
  const { t } = useTranslation('media');
  const input = useRef<HTMLInputElement>(null);
  const { choices, chosen, failed, choose, upload, remove, offset, move } = subtitles;
  const own = choices.find((each) => each.id === chosen)?.own === true;
  return (
    <>
      <Panel label={t('subtitles')} icon={<IconBadgeCc size={22} />} active={chosen !== ''}>
        <Menu.RadioGroup value={chosen} onChange={choose}>
          <Menu.RadioItem value="">{t('off')}</Menu.RadioItem>
          {choices.map(({ id, label }) => (
            <Menu.RadioItem key={id} value={id}>
              <bdi>{label}</bdi>
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        {failed && <Menu.Label>{t('subtitlesFailed')}</Menu.Label>}
        {chosen !== '' && (
          <>
            <Menu.Divider />
            <Menu.Label>
              {t('offset')}: <span className="tabular">{t('offsetNow', { seconds: `${offset > 0 ? '+' : ''}${(offset / 1000).toFixed(1)}` })}</span>
            </Menu.Label>
            <Menu.Item onClick={() => move(-100)}>{t('earlier')}</Menu.Item>
            <Menu.Item onClick={() => move(100)}>{t('later')}</Menu.Item>
          </>
        )}
        {upload && (
          <>
            <Menu.Divider />
            <Menu.Item leftSection={<IconUpload size={16} />} onClick={() => input.current?.click()}>
              {t('upload')}
            </Menu.Item>
          </>
        )}
        {own && (
          <Menu.Item leftSection={<IconTrash size={16} />} onClick={() => remove(chosen)}>
            {t('removeUploaded')}
          </Menu.Item>
        )}
      </Panel>
      <input
        ref={input}
        type="file"
        hidden
        accept=".srt,.vtt,.ass,.ssa,.sub"
        aria-label={t('upload')}
        onChange={({ currentTarget }) => {
          const [file] = currentTarget.files ?? [];
          if (file) upload?.(file);
          currentTarget.value = '';
        }}
      />
    </>
  );
}

/** The choice of sound tracks, with what the server knows of each. */
export function AudioMenu({ known }: { known: readonly AudioTrack[] }) {
  const { t } = useTranslation('media');
  const remote = useMediaRemote();
  const tracks = useMediaState('audioTracks');
  const current = useMediaState('audioTrack');
  if (tracks.length < 2) return null;
  const nameOf = (track: PlayedTrack, at: number) => {
    const about = known[at];
    const name = [about?.title, languageName(track.language), track.label].find((each) => each !== undefined && each !== '') ?? t('track', { number: at + 1 });
    if (!about || about.channels === 0) return name;
    const channels = about.channels === 1 ? t('mono') : about.channels === 2 ? t('stereo') : about.channels === 6 ? '5.1' : about.channels === 8 ? '7.1' : `${about.channels}`;
    return t('channels', { name, channels });
  };
  const at = tracks.findIndex((track) => track.id === current?.id);
  return (
    <Panel label={t('audio')} icon={<IconLanguage size={22} />}>
      <Menu.RadioGroup
        value={`${at}`}
        onChange={(value) => {
          rememberLanguages({ audio: tracks[Number(value)]?.language ?? '' });
          remote.changeAudioTrack(Number(value));
        }}
      >
        {tracks.map((track, place) => (
          <Menu.RadioItem key={track.id} value={`${place}`}>
            <bdi>{nameOf(track, place)}</bdi>
          </Menu.RadioItem>
        ))}
      </Menu.RadioGroup>
    </Panel>
  );
}

const rates = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2];

/** The choice of speed. */
export function SpeedMenu() {
  const { t } = useTranslation('media');
  const remote = useMediaRemote();
  const rate = useMediaState('playbackRate');
  return (
    <Panel label={t('speed')} icon={rate === 1 ? <IconGauge size={22} /> : <span className={`${classes.rate} tabular`}>{t('rate', { rate })}</span>} active={rate !== 1}>
      <Menu.RadioGroup value={`${rate}`} onChange={(value) => remote.changePlaybackRate(Number(value))}>
        {rates.map((each) => (
          <Menu.RadioItem key={each} value={`${each}`}>
            {t('rate', { rate: each })}
          </Menu.RadioItem>
        ))}
      </Menu.RadioGroup>
    </Panel>
  );
}
