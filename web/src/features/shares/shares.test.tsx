import { screen, waitFor, within } from '@testing-library/react';
import { makeUser } from '@test/admin';
import { makeFile, makeJob, makeLinkInfo, makeMe } from '@test/fixtures';
import { makeFilm } from '@test/media';
import { renderApp } from '@test/render-app';
import { makeOpened, makeShare, makeUserShare } from '@test/shares';
import { confirmedAdmin, World } from '@test/world';
import { beforeEach, describe, expect, it, vi } from 'vitest';

beforeEach(() => sessionStorage.clear());

function ready(): { world: World; id: string } {
  const world = new World();
  const job = makeJob({ name: 'Tears of Steel', state: 'ready', size: 84_000_000, fileCount: 3 });
  world.jobs = [job];
  world.files.set(job.id, ['Film.webm', 'Extras/a.txt', 'Extras/b.txt'].map((path, index) => makeFile(index, path)));
  return { world, id: job.id };
}

/** The body of the last request that made a share. */
function made(world: World): Record<string, unknown> {
  const line = world.changes.findLast((change) => change.startsWith('POST /shares '));
  return JSON.parse(line?.slice('POST /shares '.length) ?? '{}') as Record<string, unknown>;
}

describe('sharing', () => {
  it('takes a whole download for seven days, and shows the link', async () => {
    const { world, id } = ready();
    const { user } = renderApp(world, `/jobs/${id}`);
    await user.click(await screen.findByRole('button', { name: 'Share' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Share files' }));
    expect(dialog.getByLabelText('Name')).toHaveValue('Tears of Steel');
    expect(dialog.getByLabelText('Ends')).toHaveDisplayValue('After 7 days');
    await user.click(dialog.getByRole('button', { name: 'Create share' }));
    const shown = within(await screen.findByRole('dialog', { name: 'Share created' }));
    expect(shown.getByLabelText('Link to the share')).toHaveValue(world.shares.list[0]?.url);
    const { items, expiresAt, password } = made(world);
    expect(items).toEqual([{ jobId: id }]);
    expect(password).toBeUndefined();
    expect(Math.round((Date.parse(String(expiresAt)) - Date.now()) / 86_400_000)).toBe(7);
  });

  it('takes one file, a folder or several files', async () => {
    const { world, id } = ready();
    const { user } = renderApp(world, `/jobs/${id}`);
    const share = async (open: string, more?: () => Promise<void>) => {
      await user.click(await screen.findByRole('button', { name: open }));
      await more?.();
      const dialog = within(await screen.findByRole('dialog', { name: 'Share files' }));
      await user.click(dialog.getByRole('button', { name: 'Create share' }));
      await user.click(within(await screen.findByRole('dialog', { name: 'Share created' })).getByRole('button', { name: 'Done' }));
      await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
      return made(world).items;
    };
    expect(await share('Share Film.webm')).toEqual([{ jobId: id, indexes: [0] }]);
    expect(await share('Share folder Extras')).toEqual([{ jobId: id, folders: ['Extras'] }]);
    expect(
      await share('Share several…', async () => {
        await user.click(screen.getByRole('checkbox', { name: 'b.txt' }));
        await user.click(screen.getByRole('checkbox', { name: 'Film.webm' }));
        await user.click(screen.getByRole('button', { name: 'Share 2 files' }));
      }),
    ).toEqual([{ jobId: id, indexes: [0, 2] }]);
  });

  it('checks the form before it is sent, and sends what was chosen', async () => {
    const { world, id } = ready();
    const { user } = renderApp(world, `/jobs/${id}`);
    await user.click(await screen.findByRole('button', { name: 'Share' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Share files' }));
    await user.type(dialog.getByLabelText('Password'), 'short');
    await user.type(dialog.getByLabelText('Download limit'), '0');
    await user.click(dialog.getByRole('button', { name: 'Create share' }));
    expect(await dialog.findByText('Use at least 8 characters.')).toBeVisible();
    expect(dialog.getByText('Enter a whole number from 1 to 1,000,000.')).toBeVisible();
    await user.type(dialog.getByLabelText('Password'), ' and longer');
    await user.clear(dialog.getByLabelText('Download limit'));
    await user.type(dialog.getByLabelText('Download limit'), '20');
    await user.selectOptions(dialog.getByLabelText('Ends'), 'Never');
    await user.click(dialog.getByRole('checkbox', { name: 'View only' }));
    await user.click(dialog.getByRole('button', { name: 'Create share' }));
    await screen.findByRole('dialog', { name: 'Share created' });
    expect(made(world)).toEqual({ name: 'Tears of Steel', viewOnly: true, maxDownloads: 20, expiresAt: null, password: 'short and longer', items: [{ jobId: id }] });
  });

  it('offers no time that the deployment refuses, and is gone while it is off', async () => {
    const { world, id } = ready();
    world.maxShareDays = 5;
    const { user } = renderApp(world, `/jobs/${id}`);
    await user.click(await screen.findByRole('button', { name: 'Share' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Share files' }));
    expect(within(dialog.getByLabelText('Ends')).getAllByRole('option').map((each) => each.textContent)).toEqual(['After 1 day', 'After 5 days']);
  });

  it('is gone where it is switched off', async () => {
    const { world, id } = ready();
    world.me = makeMe({ featuresOff: ['shares'] });
    renderApp(world, `/jobs/${id}`);
    await screen.findByRole('button', { name: 'Download Film.webm' });
    expect(screen.queryByRole('button', { name: /^Share/ })).toBeNull();
  });
});

describe('the list of shares', () => {
  it('tells what each is and how often it was used', async () => {
    const world = new World();
    world.shares.list = [
      makeShare({ name: '<b>First</b>', password: true, viewOnly: true, maxDownloads: 40 }),
      makeShare({ name: 'Second', state: 'expired', expiresAt: '2026-01-01T00:00:00Z', visits: 1, downloads: 1 }),
      makeShare({ name: 'Third', url: '' }),
    ];
    renderApp(world, '/shares');
    const list = within(await screen.findByRole('list', { name: 'Shares' }));
    const [first, second, third] = list.getAllByRole('listitem').map((each) => each.textContent);
    expect(first).toContain('<b>First</b>Activepasswordview only');
    expect(first).toContain('31 of 40 downloads');
    expect(second).toContain('SecondEnded');
    expect(second).toContain('1 download');
    expect(third).toContain('made with an older secret key');
    expect(list.getAllByRole('button', { name: /^Copy link/ })).toHaveLength(1);
  });

  it('changes and revokes a share', async () => {
    const world = new World();
    const share = makeShare({ name: 'Holiday', password: true, maxDownloads: 20 });
    world.shares.list = [share];
    const { user } = renderApp(world, '/shares');
    const choose = async (item: string) => {
      await user.click(await screen.findByRole('button', { name: /^Actions for/ }));
      await user.click(await screen.findByRole('menuitem', { name: item }));
    };
    await choose('Change');
    const dialog = within(await screen.findByRole('dialog', { name: 'Change share' }));
    await user.clear(dialog.getByLabelText('Name'));
    await user.type(dialog.getByLabelText('Name'), 'Winter');
    await user.click(dialog.getByRole('checkbox', { name: 'Remove the password' }));
    await user.clear(dialog.getByLabelText('Download limit'));
    await user.type(dialog.getByLabelText('Download limit'), '3');
    await user.click(dialog.getByRole('button', { name: 'Save' }));
    expect(await screen.findByText('Winter')).toBeVisible();
    expect(world.shares.list[0]).toMatchObject({ name: 'Winter', password: false, maxDownloads: 3, expiresAt: share.expiresAt });
    await choose('Revoke');
    await user.click(within(await screen.findByRole('dialog', { name: 'Revoke share?' })).getByRole('button', { name: 'Revoke' }));
    expect(await screen.findByText('Revoked')).toBeVisible();
    expect(screen.queryByRole('button', { name: /^Actions for/ })).toBeNull();
  });
});

describe('a visitor', () => {
  it('sees no name before the password, and the files after it', async () => {
    const world = new World();
    world.me = null;
    world.shares.opened = makeOpened();
    world.shares.password = 'open sesame';
    const { user } = renderApp(world, '/s/token');
    expect(await screen.findByRole('heading', { name: 'This share is protected' })).toBeVisible();
    expect(document.title).toBe('Shared files · Longhaul');
    await user.type(screen.getByLabelText('Password'), 'wrong');
    await user.click(screen.getByRole('button', { name: 'Open' }));
    expect(await screen.findByText('Wrong password.')).toBeVisible();
    await user.clear(screen.getByLabelText('Password'));
    await user.type(screen.getByLabelText('Password'), 'open sesame');
    await user.click(screen.getByRole('button', { name: 'Open' }));
    expect(await screen.findByRole('heading', { name: 'Summer at the harbour' })).toBeVisible();
    expect(await screen.findByRole('button', { name: 'Download Film.webm' })).toBeVisible();
    expect(screen.getByRole('link', { name: 'Report this share' })).toHaveAttribute('href', '/dmca');
  });

  const unplayable = makeFilm({ video: [{ index: 0, codec: 'hevc', codecs: 'hvc1.2.4.L153.B0', width: 3840, height: 2160, frameRate: 24, bitDepth: 10, hdr: '', title: '', language: '' }] });

  it('opens a film and comes back', async () => {
    const world = new World();
    world.me = null;
    world.shares.opened = makeOpened();
    world.shares.media.set(0, unplayable);
    const answer = vi.spyOn(world, 'answer');
    const { user } = renderApp(world, '/s/token');
    await user.click(await screen.findByRole('button', { name: 'Play Film.webm' }));
    expect(await screen.findByText('It can’t decode HEVC (H.265) video. Another player on this device can.')).toBeVisible();
    expect(screen.getByRole('button', { name: 'Open in VLC (playlist)' })).toBeVisible();
    expect(answer.mock.calls.filter(([request]) => /\/(files|playback)\b/.test(new URL(request.url).pathname.replace('/shared/files', '')))).toEqual([]);
    await user.click(screen.getByRole('button', { name: 'All files' }));
    expect(await screen.findByRole('button', { name: 'Play Film.webm' })).toBeVisible();
  });

  it('is offered no other player where films may only be viewed', async () => {
    const world = new World();
    world.shares.opened = makeOpened({ viewOnly: true, zip: false });
    world.shares.media.set(0, unplayable);
    renderApp(world, '/s/token?file=0');
    expect(await screen.findByText('It can’t decode HEVC (H.265) video. Another browser may.')).toBeVisible();
    expect(screen.queryByRole('button', { name: /Open in|Copy link|Download/ })).toBeNull();
    expect(screen.queryByRole('button', { name: /watched/ })).toBeNull();
  });

  it('reads names in any direction without their turning what is around them', async () => {
    const name = 'قصص Harbour.webm';
    const world = new World();
    world.me = null;
    world.shares.opened = makeOpened({ name });
    world.shares.list = [makeShare({ name })];
    const isolated = (found: HTMLElement) => found.closest('bdi, [dir="auto"]');
    const visitor = renderApp(world, '/s/token');
    expect(isolated(await screen.findByText(name))).not.toBeNull();
    visitor.unmount();
    world.me = makeMe();
    renderApp(world, '/shares');
    expect(isolated(await screen.findByText(name))).not.toBeNull();
  });

  it('is offered no download where files may only be viewed', async () => {
    const world = new World();
    world.shares.opened = makeOpened({ viewOnly: true, zip: false });
    renderApp(world, '/s/token');
    expect(await screen.findByRole('button', { name: 'Play Film.webm' })).toBeVisible();
    expect(screen.getByText(/doesn’t offer these files for download/)).toBeVisible();
    expect(screen.queryByRole('button', { name: /Download/ })).toBeNull();
  });

  it('opens the share again when the visit has ended', async () => {
    const world = new World();
    world.shares.opened = makeOpened({ name: 'Old name' });
    const first = renderApp(world, '/s/token');
    expect(await screen.findByRole('heading', { name: 'Old name' })).toBeVisible();
    first.unmount();
    world.shares.opened = makeOpened({ name: 'New name' });
    world.shares.visitEnded = true;
    renderApp(world, '/s/token');
    expect(await screen.findByRole('heading', { name: 'New name' })).toBeVisible();
  });

  it('is told the same of every share that is gone', async () => {
    renderApp(new World(), '/s/token');
    expect(await screen.findByText('This share isn’t available')).toBeVisible();
  });

  it('reads why a download is refused', async () => {
    const world = new World();
    world.shares.opened = makeOpened();
    world.shares.refused = Response.json({ title: 'Unavailable', status: 503, code: 'unavailable', detail: 'This share is busy. Try again later.' }, { status: 503 });
    const { user } = renderApp(world, '/s/token');
    await user.click(await screen.findByRole('button', { name: 'Download all as zip' }));
    expect(await screen.findByText('This share is busy. Try again later.')).toBeVisible();
  });
});

it('shows admins the shares of an account and revokes them', async () => {
  const world = confirmedAdmin();
  const person = makeUser({ email: 'grace@example.org' });
  world.admin.users = [person];
  world.shares.ofUsers = [makeUserShare({ name: 'Leaked film', blocked: true })];
  const { user } = renderApp(world, `/admin/users/${person.id}`);
  const list = within(await screen.findByRole('list', { name: 'Shares of the account' }));
  expect(list.getByText('has blocked content')).toBeVisible();
  await user.click(list.getByRole('button', { name: 'Revoke Leaked film' }));
  await user.click(within(await screen.findByRole('dialog', { name: 'Revoke share?' })).getByRole('button', { name: 'Revoke' }));
  expect(await list.findByText('Revoked')).toBeVisible();
});

describe('direct links', () => {
  function linked() {
    const world = new World();
    world.downloadLinks = [
      makeLinkInfo({ name: 'set/film.mkv', inline: true }),
      makeLinkInfo({ name: 'set/film.mkv' }),
      makeLinkInfo({ name: 'Everything of 2025', fileId: null }),
    ];
    return world;
  }

  it('say what they are for, and one is revoked after a confirmation', async () => {
    const world = linked();
    const { user } = renderApp(world, '/shares');
    const list = within(await screen.findByRole('list', { name: 'Direct links' }));
    expect(list.getAllByRole('listitem').map((each) => each.textContent)).toEqual([
      expect.stringContaining('film.mkvopens in the browser'),
      expect.stringContaining('film.mkvsaves the file'),
      expect.stringContaining('Everything of 2025all files as a zip'),
    ]);
    await user.click(list.getByRole('button', { name: 'Revoke the link to film.mkv, saves the file' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Revoke link?' }));
    expect(world.changes).toEqual([]);
    await user.click(dialog.getByRole('button', { name: 'Revoke' }));
    await waitFor(() => expect(list.getAllByRole('listitem')).toHaveLength(2));
    expect(world.downloadLinks.map(({ inline, fileId }) => inline || fileId === null)).toEqual([true, true]);
  });

  it('are all revoked after a confirmation', async () => {
    const world = linked();
    const { user } = renderApp(world, '/shares');
    await user.click(await screen.findByRole('button', { name: 'Revoke all' }));
    await user.click(within(await screen.findByRole('dialog', { name: 'Revoke all links?' })).getByRole('button', { name: 'Revoke all' }));
    expect(await screen.findByText('No links work at the moment.')).toBeVisible();
    expect(world.changes).toEqual(['DELETE /links']);
  });

  it('that are gone already leave the list', async () => {
    const world = linked();
    const { user } = renderApp(world, '/shares');
    await user.click(await screen.findByRole('button', { name: 'Revoke the link to Everything of 2025, all files as a zip' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Revoke link?' }));
    world.downloadLinks = [];
    await user.click(dialog.getByRole('button', { name: 'Revoke' }));
    expect(await screen.findByText("Couldn't revoke the link")).toBeVisible();
    expect(await screen.findByText('No links work at the moment.')).toBeVisible();
  });
});
