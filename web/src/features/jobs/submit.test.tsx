import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { problem } from '@test/answers';
import { because, makeJob } from '@test/fixtures';
import { renderApp } from '@test/render-app';
import { World } from '@test/world';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { forgetTrays } from '@/features/jobs/submit/store';

const hash = 'c9e15763f722f23e98a29decdfae341b98d53056';
const magnet = `magnet:?xt=urn:btih:${hash}&dn=Sintel`;

function worldWithInspection(count: number) {
  const world = new World();
  world.inspection = {
    kind: 'magnet',
    name: 'Sintel, complete',
    size: count * 1024,
    infoHash: hash,
    private: false,
    files: Array.from({ length: count }, (_, index) => ({ index, path: `Sintel/part ${index}.${index % 2 ? 'srt' : 'mkv'}`, size: 1024 })),
    fileCount: count,
    outline: '',
    verdict: { allowed: true, reason: null },
    held: null,
  };
  return world;
}

async function box() {
  return screen.findByRole('textbox', { name: /Magnet links/ });
}

function posted(world: World) {
  return world.changes.filter((change) => change.startsWith('POST /jobs/batch'));
}

describe('the submit box', () => {
  beforeEach(() => forgetTrays());

  it('adds what is typed at once, without a look-up', async () => {
    const world = new World();
    const { user } = renderApp(world, '/');
    await user.type(await box(), `${magnet}{Enter}`);
    expect(await screen.findByText('Added “Sintel”.')).toBeVisible();
    expect(posted(world)).toEqual([`POST /jobs/batch ${JSON.stringify({ sources: [{ source: magnet }] })}`]);
    expect(world.idempotencyKeys[0]).toMatch(/^[0-9a-f-]{36}$/);
    expect(await screen.findByRole('link', { name: 'Sintel' })).toBeVisible();
  });

  it("keeps text that isn't a source and says so", async () => {
    const world = new World();
    const { user } = renderApp(world, '/');
    await user.type(await box(), 'a film{Enter}');
    expect(await screen.findByText("“a film” isn't a magnet link, URL or info hash.")).toBeVisible();
    expect(await box()).toHaveValue('a film');
    expect(posted(world)).toEqual([]);
  });

  it('looks up what is pasted anywhere, and downloads only the chosen files', async () => {
    const world = worldWithInspection(10);
    const { user } = renderApp(world, '/');
    await box();
    fireEvent.paste(document.body, { clipboardData: { files: [], getData: (type: string) => (type === 'text/plain' ? magnet : '') } });
    expect(await screen.findByText('Sintel, complete')).toBeVisible();
    await user.click(screen.getByRole('button', { name: /10 files/ }));
    await user.click(screen.getByRole('button', { name: 'Select none' }));
    await user.type(screen.getByRole('textbox', { name: 'Filter files' }), '*.srt');
    await user.click(await screen.findByRole('button', { name: 'Select 5 matches' }));
    expect(screen.getByRole('button', { name: /5 of 10 files, 5\.0 KiB/ })).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Add download' }));
    await waitFor(() => expect(posted(world)).toEqual([`POST /jobs/batch ${JSON.stringify({ sources: [{ source: magnet, select: [1, 3, 5, 7, 9] }] })}`]));
    await waitFor(() => expect(screen.queryByText('Sintel, complete')).not.toBeInTheDocument());
  });

  it.each([
    [false, 'content_too_large', 'It is 9.0 GiB; a download can have up to 5.0 GiB. Choose fewer files.'],
    [true, 'storage_full', 'Not enough storage: it needs 9.0 GiB, you have 5.0 GiB left. Starts when there is room'],
  ] as const)('says what speaks against a source (allowed: %s, %s)', async (allowed, code, text) => {
    const world = worldWithInspection(2);
    const sizes = { bytes: 9 * 1024 ** 3, limit: 5 * 1024 ** 3, need: 9 * 1024 ** 3, free: 5 * 1024 ** 3 };
    if (!(world.inspection instanceof Response)) world.inspection.verdict = { allowed, reason: because(code, sizes) };
    renderApp(world, '/');
    fireEvent.paste(await box(), { clipboardData: { files: [], getData: () => magnet } });
    expect(await screen.findByText((shown) => shown.startsWith(text))).toBeVisible();
  });

  it('keeps the page that a URL leads to, if the user wants that', async () => {
    const world = new World();
    world.inspection = problem(422, 'not_a_file', 'The address is a web page, not a file.');
    const { user } = renderApp(world, '/');
    const source = 'https://example.org/download.php';
    fireEvent.paste(await box(), { clipboardData: { files: [], getData: () => source } });
    await user.click(await screen.findByRole('checkbox', { name: 'Keep the web page as a file' }));
    await user.click(screen.getByRole('button', { name: 'Add download' }));
    await waitFor(() => expect(posted(world)).toEqual([`POST /jobs/batch ${JSON.stringify({ sources: [{ source, keepPage: true }] })}`]));
  });

  it('does not submit an empty choice', async () => {
    const world = worldWithInspection(10);
    const { user } = renderApp(world, '/');
    fireEvent.paste(await box(), { clipboardData: { files: [], getData: () => magnet } });
    await user.click(await screen.findByRole('button', { name: /10 files/ }));
    await user.click(screen.getByRole('button', { name: 'Select none' }));
    await user.click(screen.getByRole('button', { name: 'Add download' }));
    expect((await screen.findAllByText('Choose at least one file.')).length).toBeGreaterThan(0);
    expect(posted(world)).toEqual([]);
  });

  it('adds a download for each line, and keeps a refused one with the reason', async () => {
    const world = new World();
    const { user } = renderApp(world, '/');
    const lines = [magnet, 'https://example.org/blocked.iso', 'https://example.org/fine.iso'].join('\n');
    fireEvent.paste(await box(), { clipboardData: { files: [], getData: () => lines } });
    await user.click(await screen.findByRole('button', { name: 'Add 3 downloads' }));
    expect(await screen.findByText('This content is blocked here.')).toBeVisible();
    expect(await screen.findByText('Added 2 downloads.')).toBeVisible();
    const left = within(screen.getByRole('list', { name: 'Ready to add' })).getAllByRole('listitem');
    expect(left).toHaveLength(1);
    expect(left[0]).toHaveTextContent('blocked.iso');
  });

  it('adds a refused draft again by a key of its own, for the answer may be another one', async () => {
    const world = new World();
    const { user } = renderApp(world, '/');
    fireEvent.paste(await box(), { clipboardData: { files: [], getData: () => 'https://example.org/blocked.iso' } });
    await user.click(await screen.findByRole('button', { name: 'Add download' }));
    await screen.findByText('This content is blocked here.');
    await user.click(screen.getByRole('button', { name: 'Add download' }));
    await waitFor(() => expect(world.idempotencyKeys).toHaveLength(2));
    expect(world.idempotencyKeys[0]).not.toBe(world.idempotencyKeys[1]);
  });

  it('repeats a request whose answer was lost with the same key', async () => {
    const world = new World();
    const lost = vi.spyOn(world, 'answer');
    const { user } = renderApp(world, '/');
    await user.type(await box(), magnet);
    const answer = World.prototype.answer.bind(world);
    lost.mockImplementation(async (request) => {
      const given = await answer(request);
      return new URL(request.url).pathname.endsWith('/batch') ? Response.error() : given;
    });
    await user.click(screen.getByRole('button', { name: 'Add download' }));
    await screen.findByText(/Can't reach the server/);
    lost.mockRestore();
    await user.click(screen.getByRole('button', { name: 'Add download' }));
    await waitFor(() => expect(world.idempotencyKeys).toHaveLength(2));
    expect(world.idempotencyKeys[0]).toBe(world.idempotencyKeys[1]);
  });

  it('adds sixty lines by one request', async () => {
    const world = new World();
    const { user } = renderApp(world, '/');
    const lines = Array.from({ length: 60 }, (_, at) => `magnet:?xt=urn:btih:${String(at).padStart(40, '0')}&dn=Number ${at}`).join('\n');
    fireEvent.paste(await box(), { clipboardData: { files: [], getData: () => lines } });
    await user.click(await screen.findByRole('button', { name: 'Add 60 downloads' }));
    expect(await screen.findByText('Added 60 downloads.')).toBeVisible();
    expect(posted(world)).toHaveLength(1);
    expect(world.jobs).toHaveLength(60);
  });

  it('leads to the download that the user has already, and downloads it again if asked', async () => {
    const world = new World();
    const had = makeJob({ name: 'Sintel of last year', infoHash: hash });
    world.jobs = [had];
    const { user } = renderApp(world, '/');
    await user.type(await box(), `${magnet}{Enter}`);
    expect(await screen.findByText('You have downloaded this already: “Sintel of last year”.')).toBeVisible();
    expect(screen.getByRole('link', { name: 'Open that one' })).toHaveAttribute('href', `/jobs/${had.id}`);
    await user.click(screen.getByRole('button', { name: 'Download again' }));
    expect(await screen.findByText('Added “Sintel”.')).toBeVisible();
    expect(world.jobs).toHaveLength(2);
  });

  it('keeps drafts and choices while the user is on another page', async () => {
    const world = worldWithInspection(10);
    const { user, router } = renderApp(world, '/');
    fireEvent.paste(await box(), { clipboardData: { files: [], getData: () => magnet } });
    await user.click(await screen.findByRole('button', { name: /10 files/ }));
    await user.click(screen.getByRole('button', { name: 'Select none' }));
    await act(() => router.navigate({ to: '/usage' }));
    expect(await screen.findByRole('heading', { name: 'Usage' })).toBeVisible();
    await act(() => router.navigate({ to: '/' }));
    expect(await screen.findByRole('button', { name: /0 of 10 files/ })).toBeVisible();
    expect(sessionStorage.getItem(`longhaul-drafts-${world.me?.id}`)).toContain(hash);
  });

  it('takes what is pasted on another page home', async () => {
    const world = worldWithInspection(2);
    renderApp(world, '/usage');
    await screen.findByRole('heading', { name: 'Usage' });
    const paste = (text: string) => fireEvent.paste(document.body, { clipboardData: { files: [], getData: () => text } });
    await waitFor(() => {
      paste(magnet);
      expect(screen.getByRole('list', { name: 'Ready to add' })).toBeVisible();
    });
    expect(posted(world)).toEqual([]);
  });

  it('shows a source that a link elsewhere brings, and adds it only when asked', async () => {
    const world = worldWithInspection(2);
    const { user, router } = renderApp(world, `/?add=${encodeURIComponent(magnet)}`);
    expect(await screen.findByText('Sintel, complete')).toBeVisible();
    expect(router.state.location.search).not.toHaveProperty('add');
    expect(posted(world)).toEqual([]);
    await user.click(screen.getByRole('button', { name: 'Add download' }));
    await waitFor(() => expect(posted(world)).toHaveLength(1));
  });

  it('gives new downloads the chosen labels', async () => {
    const world = worldWithInspection(2);
    const films = world.labels.make('Films', 'teal');
    const { user } = renderApp(world, '/');
    fireEvent.paste(await box(), { clipboardData: { files: [], getData: () => magnet } });
    await user.click(await screen.findByRole('button', { name: 'Labels' }));
    await user.click(await screen.findByRole('checkbox', { name: 'Films' }));
    await user.keyboard('{Escape}');
    await user.click(screen.getByRole('button', { name: 'Add download' }));
    await waitFor(() => expect(posted(world)).toEqual([`POST /jobs/batch ${JSON.stringify({ sources: [{ source: magnet }], labels: [films.id] })}`]));
  });

  it('accepts a dropped .torrent file and refuses other files', async () => {
    const world = worldWithInspection(2);
    const { user } = renderApp(world, '/');
    await box();
    const transfer = (file: File) => ({ dataTransfer: { files: [file], types: ['Files'], getData: () => '' } });
    fireEvent.drop(document, transfer(new File(['x'], 'notes.txt')));
    expect(await screen.findByText("“notes.txt” isn't a .torrent file.")).toBeVisible();
    fireEvent.drop(document, transfer(new File(['d4:info'], 'sintel.torrent')));
    expect(await screen.findByText('Sintel, complete')).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Add download' }));
    await waitFor(() => expect(posted(world)).toHaveLength(1));
    expect(posted(world)[0]).toMatch(/name="torrent"/);
    expect(posted(world)[0]).toMatch(/d4:info/);
  });

  it('can leave the choice for later when the files are unknown', async () => {
    const world = new World();
    const { user } = renderApp(world, '/');
    fireEvent.paste(await box(), { clipboardData: { files: [], getData: () => magnet } });
    expect(await screen.findByText(/Couldn't look up the files: The metadata did not arrive/)).toBeVisible();
    await user.click(screen.getByRole('checkbox', { name: /Let me choose the files/ }));
    await user.click(screen.getByRole('button', { name: 'Add download' }));
    await waitFor(() => expect(posted(world)).toEqual([`POST /jobs/batch ${JSON.stringify({ sources: [{ source: magnet, chooseFiles: true }] })}`]));
  });
});
