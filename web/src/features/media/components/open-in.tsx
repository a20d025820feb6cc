import { Button, Menu } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { use } from 'react';
import { useTranslation } from 'react-i18next';

import { IconAppWindow, IconChevronDown, IconDownload, IconLink } from '@/components/icons';
import { toastDone, toastFailed } from '@/components/toast';
import { formatTime } from '@/lib/format';
import { text } from '@/lib/messages';
import { startDownload } from '@/lib/start-download';

import { AccessContext } from '../access';
import '../messages/catalogue';
import { openingOf, platformOf, playersOf, type Item, type Opening, type Platform, type Player } from '../open-in';
import classes from './media.module.css';

const names = { vlc: 'inVlc', mpv: 'inMpv', iina: 'inIina', infuse: 'inInfuse', any: 'inAny' } as const;

function playerName(player: Player, platform: Platform): string {
  const isList = platform !== 'android' && platform !== 'ios' && player !== 'iina';
  const name = text(`media:${names[player]}`);
  return isList ? text('media:inList', { player: name }) : name;
}

function follow(opening: Opening): void {
  if ('address' in opening) {
    location.assign(opening.address);
    return;
  }
  const url = URL.createObjectURL(new Blob([opening.list], { type: opening.type }));
  const anchor = document.createElement('a');
  anchor.href = url;
  anchor.download = opening.fileName;
  anchor.click();
  // By then the browser has it.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

interface OpenInProps {
  file: { id: string; name: string };
  duration: number;
}

/** Opens a file in other players of this device. */
function useOpenIn({ file, duration }: OpenInProps) {
  const { t } = useTranslation('media');
  const platform = platformOf(navigator);
  const access = use(AccessContext);
  const itemOf = async (): Promise<Item> => ({ name: file.name, url: (await access.link(file.id)).url, duration });
  const opening = useMutation({
    mutationFn: async (player: Player) => openingOf(player, platform, await itemOf()),
    onSuccess: follow,
    onError: (error) => toastFailed(t('openFailed'), error),
  });
  const copying = useMutation({
    mutationFn: async () => {
      const link = await access.link(file.id);
      await navigator.clipboard.writeText(link.url);
      return link;
    },
    onSuccess: (link) => toastDone(t('linkCopied', { when: formatTime(link.expiresAt, Date.now()) })),
    onError: (error) => toastFailed(t('openFailed'), error),
  });
  const saving = useMutation({
    mutationFn: () => access.link(file.id, 'attachment'),
    onSuccess: ({ url }) => startDownload(url),
    onError: (error) => toastFailed(t('openFailed'), error),
  });
  return { players: playersOf(platform), nameOf: (player: Player) => playerName(player, platform), opening, copying, saving };
}

/** A menu of other players. */
export function OpenInMenu(props: OpenInProps) {
  const { t } = useTranslation('media');
  const { players, nameOf, opening } = useOpenIn(props);
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <Button variant="default" leftSection={<IconAppWindow size={17} />} rightSection={<IconChevronDown size={15} />} loading={opening.isPending}>
          {t('openIn')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {players.map((player) => (
          <Menu.Item key={player} onClick={() => opening.mutate(player)}>
            {nameOf(player)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

/** What is left to do with a file that this browser can't play. */
export function OpenInButtons(props: OpenInProps) {
  const { t } = useTranslation('media');
  const { players, nameOf, opening, copying, saving } = useOpenIn(props);
  return (
    <div className={classes.buttons}>
      {players.map((player, at) => (
        <Button key={player} variant={at === 0 ? 'filled' : 'default'} leftSection={<IconAppWindow size={17} />} loading={opening.isPending && opening.variables === player} onClick={() => opening.mutate(player)}>
          {t('openInPlayer', { player: nameOf(player) })}
        </Button>
      ))}
      <Button variant="default" leftSection={<IconLink size={17} />} loading={copying.isPending} onClick={() => copying.mutate()}>
        {t('copyLink')}
      </Button>
      <Button variant="default" leftSection={<IconDownload size={17} />} loading={saving.isPending} onClick={() => saving.mutate()}>
        {t('download')}
      </Button>
    </div>
  );
}
