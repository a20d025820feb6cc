import { MantineProvider } from '@mantine/core';
import { act, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { makeFile, makeJob } from '@test/fixtures';
import { makeFilm, makeMedia } from '@test/media';
import { renderApp } from '@test/render-app';
import { World } from '@test/world';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ReactNode } from 'react';

import { piecesOf } from './components/captions';
import { NextCard } from './components/next-card';
import { SlideShow } from './components/slide-show';

const film = (name: string, index = 0) => makeFile(index, `Films/${name}`, { contentType: 'video/x-matroska', previewable: true });

function worldWith(...files: ReturnType<typeof film>[]) {
  const world = new World();
  const job = makeJob({ state: 'ready', fileCount: files.length });
  world.jobs = [job];
  world.files.set(job.id, files);
  return { world, job };
}

const hevc = makeFilm({ container: 'matroska,webm', video: [{ ...makeFilm().video[0], index: 0, codec: 'hevc', codecs: 'hvc1.2.4.L153.B0', width: 3840, height: 2160, frameRate: 24, bitDepth: 10, hdr: 'pq', title: '', language: '' }] });

describe('a film that this browser can’t play', () => {
  it('says why, and opens in VLC by a playlist with a link', async () => {
    const file = film('a.mkv');
    const { world, job } = worldWith(file);
    world.media.info.set(file.id, hevc);
    const saved: Blob[] = [];
    vi.stubGlobal('URL', Object.assign(URL, { createObjectURL: (blob: Blob) => `blob:${saved.push(blob)}`, revokeObjectURL: () => undefined }));
    const clicked: string[] = [];
    vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
      clicked.push(this.download);
    });
    const { user } = renderApp(world, `/jobs/${job.id}/play/${file.id}`);
    expect(await screen.findByText('It can’t decode HEVC (H.265) video. Another player on this device can.')).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Open in VLC (playlist)' }));
    await waitFor(() => expect(clicked).toEqual(['a.xspf']));
    expect(saved[0]?.type).toBe('application/xspf+xml');
    expect(world.media.streams).toBe(0);
  });

  it('waits while the server looks at it', async () => {
    const file = film('a.mkv');
    const { world, job } = worldWith(file);
    world.media.info.set(file.id, makeMedia({ state: 'waiting' }));
    renderApp(world, `/jobs/${job.id}/play/${file.id}`);
    expect(await screen.findByText('Looking at the file…')).toBeVisible();
    world.media.info.set(file.id, hevc);
    expect(await screen.findByText('This browser can’t play the file')).toBeVisible();
  });
});

describe('watched films', () => {
  it('are marked in the list of files, as are those half watched', async () => {
    const [one, two, three] = [film('1.mkv', 0), film('2.mkv', 1), film('3.mkv', 2)];
    const { world, job } = worldWith(one, two, three);
    world.media.playback.set(one.id, { position: 60, duration: 60, watched: true, updatedAt: '' });
    world.media.playback.set(two.id, { position: 30, duration: 60, watched: false, updatedAt: '' });
    const answer = vi.spyOn(world, 'answer');
    renderApp(world, `/jobs/${job.id}`);
    expect(await screen.findByLabelText('Watched')).toBeVisible();
    expect(screen.getByRole('img', { name: 'Watched up to 50%' })).toBeVisible();
    expect(answer.mock.calls.filter(([request]) => request.url.endsWith('/playback'))).toHaveLength(1);
  });

  it('can be marked by hand', async () => {
    const file = film('a.mkv');
    const { world, job } = worldWith(file);
    world.media.info.set(file.id, hevc);
    const { user } = renderApp(world, `/jobs/${job.id}/play/${file.id}`);
    await user.click(await screen.findByRole('button', { name: 'Mark as watched' }));
    expect(await screen.findByRole('button', { name: 'Mark as not watched' })).toBeVisible();
    expect(world.media.playback.get(file.id)?.watched).toBe(true);
  });
});

describe('what comes next', () => {
  afterEach(() => {
    vi.useRealTimers();
  });
  const row = (open: (key: string) => void, at: number) => ({ at, all: ['a', 'b', 'c'].map((key) => ({ key, name: `${key}.jpg`, open: () => open(key) })) });
  const show = (part: ReactNode) => <MantineProvider env="test">{part}</MantineProvider>;

  it('shows each photo for five seconds, and ends after the last', () => {
    vi.useFakeTimers();
    const open = vi.fn();
    const onRunning = vi.fn();
    const photo = (at: number) => show(<SlideShow key={at} row={row(open, at)} running onRunning={onRunning} arrows>photo</SlideShow>);
    const { rerender } = render(photo(1));
    act(() => void vi.advanceTimersByTime(4_900));
    expect(open).not.toHaveBeenCalled();
    act(() => void vi.advanceTimersByTime(200));
    expect(open.mock.calls).toEqual([['c']]);
    rerender(photo(2));
    expect(onRunning).toHaveBeenCalledWith(false);
    fireEvent.keyDown(window, { key: 'ArrowLeft' });
    expect(open.mock.calls).toEqual([['c'], ['b']]);
  });

  it('counts ten seconds down to the next film', () => {
    vi.useFakeTimers();
    const open = vi.fn();
    render(show(<NextCard next={{ key: '2', name: 'E02.mkv', open }} onCancel={() => undefined} />));
    act(() => void vi.advanceTimersByTime(9_000));
    expect(screen.getByText('Starts in 1 s')).toBeVisible();
    expect(open).not.toHaveBeenCalled();
    act(() => void vi.advanceTimersByTime(1_000));
    expect(open).toHaveBeenCalledOnce();
  });
});

describe('the text of subtitles', () => {
  it.each([
    ['plain', [{ text: 'plain', marks: [] }]],
    ['<i>a <b>b</b></i> &lt;c&gt;', [{ text: 'a ', marks: ['i'] }, { text: 'b', marks: ['i', 'b'] }, { text: ' <c>', marks: [] }]],
    ['<v Ann>Hi</v><script>x</script></b>', [{ text: 'Hi', marks: [] }, { text: 'x', marks: [] }]],
  ])('%s', (cue, pieces) => {
    expect(piecesOf(cue)).toEqual(pieces);
  });
});
