import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { because } from '@test/fixtures';
import { renderApp } from '@test/render-app';
import { World } from '@test/world';
import { describe, expect, it } from 'vitest';

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
    verdict: { allowed: true, reason: null },
  };
  return world;
}

async function box() {
  return screen.findByRole('textbox', { name: /Magnet links/ });
}

function posted(world: World) {
  return world.changes.filter((change) => change.startsWith('POST /jobs'));
}

describe('the submit box', () => {
  it('adds what is typed at once, without a look-up', async () => {
    const world = new World();
    const { user } = renderApp(world, '/');
    await user.type(await box(), `${magnet}{Enter}`);
    expect(await screen.findByText('Added “Sintel”.')).toBeVisible();
    expect(posted(world)).toEqual([`POST /jobs ${JSON.stringify({ source: magnet })}`]);
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
    await waitFor(() => expect(posted(world)).toEqual([`POST /jobs ${JSON.stringify({ source: magnet, select: [1, 3, 5, 7, 9] })}`]));
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

  it('uses the same key when a refused draft is added again', async () => {
    const world = new World();
    const { user } = renderApp(world, '/');
    fireEvent.paste(await box(), { clipboardData: { files: [], getData: () => 'https://example.org/blocked.iso' } });
    await user.click(screen.getByRole('button', { name: 'Add download' }));
    await screen.findByText('This content is blocked here.');
    await user.click(screen.getByRole('button', { name: 'Add download' }));
    await waitFor(() => expect(world.idempotencyKeys).toHaveLength(2));
    expect(world.idempotencyKeys[0]).toBe(world.idempotencyKeys[1]);
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
    await waitFor(() => expect(posted(world)).toEqual([`POST /jobs ${JSON.stringify({ source: magnet, chooseFiles: true })}`]));
  });
});
