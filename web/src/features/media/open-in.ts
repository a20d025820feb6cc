/** Where the browser runs, as far as other players are concerned. */
export type Platform = 'android' | 'ios' | 'mac' | 'desktop';

/** Another player, and how it gets the film: by an address that opens it, or by a playlist to download. */
export type Player = 'vlc' | 'mpv' | 'iina' | 'infuse' | 'any';

interface Browser {
  userAgent: string;
  maxTouchPoints: number;
}

/** Guesses the platform. An iPad says that it is a Mac. */
export function platformOf({ userAgent, maxTouchPoints }: Browser): Platform {
  if (userAgent.includes('Android')) return 'android';
  if (/iPhone|iPad|iPod/.test(userAgent) || (userAgent.includes('Macintosh') && maxTouchPoints > 1)) return 'ios';
  return userAgent.includes('Macintosh') ? 'mac' : 'desktop';
}

const players: Record<Platform, readonly Player[]> = {
  android: ['vlc', 'mpv', 'any'],
  ios: ['vlc', 'infuse'],
  mac: ['iina', 'vlc', 'mpv'],
  desktop: ['vlc', 'mpv'],
};

/** The players of a platform, the likeliest first. */
export function playersOf(platform: Platform): readonly Player[] {
  return players[platform];
}

/** A file to open elsewhere. */
export interface Item {
  name: string;
  url: string;
  /** In seconds; 0 if it is not known. */
  duration: number;
}

/** What opens a player: an address, or a playlist to download. */
export type Opening = { address: string } | { list: string; fileName: string; type: string };

const packages: Partial<Record<Player, string>> = { vlc: 'org.videolan.vlc', mpv: 'is.xyz.mpv' };

function intent(player: Player, { url, name }: Item): string {
  const { protocol, host, pathname, search } = new URL(url);
  const app = packages[player];
  const parts = ['action=android.intent.action.VIEW', `scheme=${protocol.slice(0, -1)}`, 'type=video/*', `S.title=${encodeURIComponent(name)}`, ...(app === undefined ? [] : [`package=${app}`])];
  return `intent://${host}${pathname}${search}#Intent;${parts.join(';')};end`;
}

const unsafe: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
// XML has no way to write control characters, and a playlist ends its lines with some.
const clean = (text: string) => text.replaceAll(/\p{Cc}+/gu, ' ').trim();
const escaped = (text: string) => clean(text).replaceAll(/[&<>"]/g, (each) => unsafe[each] ?? '');
const fileNameOf = (name: string) => clean(name).replaceAll(/[/\\:*?"<>|]/g, '_').replace(/\.[^.]{1,5}$/, '') || 'film';

/** A playlist in the format of VLC. */
export function xspf({ name, url, duration }: Item): string {
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<playlist version="1" xmlns="http://xspf.org/ns/0/">',
    '  <trackList>',
    '    <track>',
    `      <location>${escaped(url)}</location>`,
    `      <title>${escaped(name)}</title>`,
    ...(duration > 0 ? [`      <duration>${Math.round(duration * 1000)}</duration>`] : []),
    '    </track>',
    '  </trackList>',
    '</playlist>',
    '',
  ].join('\n');
}

/** A playlist that every player reads. */
export function m3u8({ name, url, duration }: Item): string {
  return `#EXTM3U\n#EXTINF:${duration > 0 ? Math.round(duration) : -1},${clean(name)}\n${url}\n`;
}

/** Returns what opens a file in a player of the platform. */
export function openingOf(player: Player, platform: Platform, item: Item): Opening {
  const url = encodeURIComponent(item.url);
  if (platform === 'android') return { address: intent(player, item) };
  if (player === 'infuse') return { address: `infuse://x-callback-url/play?url=${url}` };
  if (player === 'iina') return { address: `iina://weblink?url=${url}` };
  if (platform === 'ios') return { address: `vlc-x-callback://x-callback-url/stream?url=${url}` };
  if (player === 'vlc') return { list: xspf(item), fileName: `${fileNameOf(item.name)}.xspf`, type: 'application/xspf+xml' };
  return { list: m3u8(item), fileName: `${fileNameOf(item.name)}.m3u8`, type: 'application/vnd.apple.mpegurl' };
}
