import { describe, expect, it } from 'vitest';

import { m3u8, openingOf, platformOf, playersOf, xspf } from './open-in';

const item = { name: 'Tears & "Steel".mkv', url: 'https://files.test/f/t0k/Tears%20of%20Steel.mkv?a=1&b=2', duration: 734.2 };

describe('other players', () => {
  it.each([
    ['Mozilla/5.0 (Linux; Android 16; Pixel 9) Chrome/150', 5, 'android'],
    ['Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X)', 5, 'ios'],
    ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Safari', 5, 'ios'],
    ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Safari', 0, 'mac'],
    ['Mozilla/5.0 (X11; Linux x86_64) Firefox/150', 0, 'desktop'],
  ])('are those of the platform: %s', (userAgent, maxTouchPoints, platform) => {
    expect(platformOf({ userAgent, maxTouchPoints })).toBe(platform);
  });

  it('open by an intent on Android, with the rest of the address', () => {
    expect(openingOf('vlc', 'android', item)).toEqual({
      address:
        'intent://files.test/f/t0k/Tears%20of%20Steel.mkv?a=1&b=2#Intent;action=android.intent.action.VIEW;scheme=https;type=video/*;S.title=Tears%20%26%20%22Steel%22.mkv;package=org.videolan.vlc;end',
    });
    expect(openingOf('any', 'android', item)).toEqual({ address: expect.not.stringContaining('package=') as string });
  });

  it('open by their own addresses on iOS and macOS', () => {
    const url = encodeURIComponent(item.url);
    expect(openingOf('vlc', 'ios', item)).toEqual({ address: `vlc-x-callback://x-callback-url/stream?url=${url}` });
    expect(openingOf('infuse', 'ios', item)).toEqual({ address: `infuse://x-callback-url/play?url=${url}` });
    expect(openingOf('iina', 'mac', item)).toEqual({ address: `iina://weblink?url=${url}` });
  });

  it('get a playlist on the desktop', () => {
    expect(openingOf('vlc', 'desktop', item)).toMatchObject({ fileName: 'Tears & _Steel_.xspf' });
    expect(openingOf('mpv', 'mac', item)).toMatchObject({ fileName: 'Tears & _Steel_.m3u8' });
    expect(playersOf('desktop')).toEqual(['vlc', 'mpv']);
  });

  it('read the names of strangers as names', () => {
    const hostile = { ...item, name: 'a\n#EXTM3U\nhttp://evil.test/\u0000</title><location>x' };
    expect(m3u8(hostile).split('\n')).toHaveLength(4);
    const tree = new DOMParser().parseFromString(xspf(hostile), 'application/xml');
    expect(tree.querySelector('parsererror')).toBeNull();
    expect([...tree.querySelectorAll('location')].map((each) => each.textContent)).toEqual([item.url]);
    expect(tree.querySelector('title')?.textContent).toBe('a #EXTM3U http://evil.test/ </title><location>x');
  });
});
