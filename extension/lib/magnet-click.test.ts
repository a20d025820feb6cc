import { beforeEach, describe, expect, it, vi } from 'vitest';
import { fakeBrowser } from 'wxt/testing/fake-browser';

import { clickedMagnet, heardMagnet } from './magnet-click';

const magnet = 'magnet:?xt=urn:btih:c12fe1c06bba254a9dc9f519b335aa7c1367a88a&dn=<script>alert(1)</script>';

class FakeLink {
  constructor(readonly href: string) {}
}

function click(href: string, more: object = {}): MouseEvent {
  return { isTrusted: true, defaultPrevented: false, button: 0, composedPath: () => [{}, new FakeLink(href), {}], ...more } as unknown as MouseEvent;
}

beforeEach(() => {
  vi.stubGlobal('HTMLAnchorElement', FakeLink);
  vi.stubGlobal('HTMLAreaElement', vi.fn());
});

describe('a click', () => {
  it('on a magnet link is ours', () => expect(clickedMagnet(click(magnet))).toBe(magnet));

  it.each([
    ['of a script', { isTrusted: false }],
    ['with the middle button', { button: 1 }],
    ['with Ctrl', { ctrlKey: true }],
    ['with Shift', { shiftKey: true }],
    ['with Alt', { altKey: true }],
    ['with Meta', { metaKey: true }],
    ['that is handled already', { defaultPrevented: true }],
    ['beside a link', { composedPath: () => [{}] }],
  ])('%s is not', (_, more) => expect(clickedMagnet(click(magnet, more))).toBeUndefined());

  it.each(['https://a.example/x.torrent', 'javascript:alert(1)', 'file:///etc/passwd', 'data:text/html,x', `magnet:?${'x'.repeat(70_000)}`])('on %.30s is not', (href) =>
    expect(clickedMagnet(click(href))).toBeUndefined(),
  );
});

describe('a message', () => {
  const sender = () => ({ id: fakeBrowser.runtime.id, tab: { id: 1 }, frameId: 0, url: 'https://a.example/' }) as Parameters<typeof heardMagnet>[1];

  it('of our script in a tab is heard', () => expect(heardMagnet({ magnet }, sender())).toBe(magnet));

  it.each([
    ['another extension', { id: 'other' }],
    ['a frame', { frameId: 1 }],
    ['no tab', { tab: undefined }],
    ['a page of ours', { url: 'chrome-extension://x/popup.html' }],
    ['nowhere', { url: undefined }],
  ])('from %s is not', (_, more) => expect(heardMagnet({ magnet }, { ...sender(), ...more })).toBeUndefined());

  it.each([undefined, null, 'work', magnet, { magnet: 1 }, { magnet: 'javascript:alert(1)' }, { magnet: 'https://a.example' }, { magnet, more: 1 }, { magnet: `magnet:?${'x'.repeat(70_000)}` }])(
    'of another form is not',
    (message) => expect(heardMagnet(message, sender())).toBeUndefined(),
  );
});
