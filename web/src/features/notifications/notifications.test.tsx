import { screen, waitFor, within } from '@testing-library/react';
import { FakeEventSource } from '@test/event-source';
import { because, makeJob, moment } from '@test/fixtures';
import { makeDelivery, makeNotification, makeWebhook } from '@test/notifications';
import { renderApp } from '@test/render-app';
import { World } from '@test/world';
import { describe, expect, it } from 'vitest';

describe('the bell', () => {
  it('counts what is unread, shows why, and marks all as read', async () => {
    const world = new World();
    const failed = makeNotification({ event: 'download.failed', name: '<img src=x onerror=alert(1)>', reason: because('not_found_at_source', { status: 404 }), createdAt: moment(-30) });
    world.notifications.list = [failed, makeNotification({ read: true, createdAt: moment(-900) })];
    const { user } = renderApp(world, '/usage');
    await user.click(await screen.findByRole('button', { name: 'Notifications, 1 unread' }));
    const list = within(await screen.findByRole('list', { name: 'Newest notifications' }));
    expect(list.getByRole('link', { name: failed.name })).toHaveAttribute('href', `/jobs/${failed.jobId ?? ''}`);
    expect(list.getAllByRole('listitem')[0]).toHaveTextContent(/404/);
    await user.click(screen.getByRole('button', { name: 'Mark all as read' }));
    expect(await screen.findByRole('button', { name: 'Notifications, none unread' })).toBeInTheDocument();
    expect(world.changes).toEqual([`POST /notifications/read {"until":"${failed.createdAt}"}`]);
  });

  it('marks what is followed as read, and closes', async () => {
    const world = new World();
    const job = makeJob({ name: 'Sintel' });
    world.jobs = [job];
    const told = makeNotification({ jobId: job.id });
    world.notifications.list = [told];
    const { user, router } = renderApp(world, '/usage');
    await user.click(await screen.findByRole('button', { name: 'Notifications, 1 unread' }));
    await user.click(await screen.findByRole('link', { name: 'Sintel' }));
    await waitFor(() => expect(router.state.location.pathname).toBe(`/jobs/${job.id}`));
    expect(await screen.findByRole('button', { name: 'Notifications, none unread' })).toBeInTheDocument();
    expect(world.changes).toEqual([`POST /notifications/read {"ids":["${told.id}"]}`]);
    await waitFor(() => expect(screen.queryByRole('list', { name: 'Newest notifications' })).not.toBeInTheDocument());
  });

  it('counts again once the stream tells of a download that is ready', async () => {
    const world = new World();
    renderApp(world, '/usage');
    expect(await screen.findByRole('button', { name: 'Notifications, none unread' })).toBeVisible();
    world.notifications.list = [makeNotification()];
    FakeEventSource.latest().send('job', makeJob({ state: 'ready' }));
    expect(await screen.findByRole('button', { name: 'Notifications, 1 unread' })).toBeVisible();
  });

  it('teaches what it is for while it is empty', async () => {
    const { user } = renderApp(new World(), '/usage');
    await user.click(await screen.findByRole('button', { name: 'Notifications, none unread' }));
    expect(await screen.findByText(/You read here when a download is ready/)).toBeInTheDocument();
    expect(screen.getByRole('link', { name: 'Notification settings' })).toHaveAttribute('href', '/settings/notifications');
  });
});

describe('all notifications', () => {
  it('are listed page by page, filtered by the server, and linked from the bell', async () => {
    const world = new World();
    world.notifications.list = [
      ...Array.from({ length: 60 }, (_, at) => makeNotification({ name: `Ready ${at}`, read: true, createdAt: moment(-at) })),
      makeNotification({ event: 'download.failed', name: 'Broken', createdAt: moment(-5000) }),
    ];
    const { user, router } = renderApp(world, '/usage');
    await user.click(await screen.findByRole('button', { name: 'Notifications, 1 unread' }));
    await user.click(await screen.findByRole('link', { name: 'All notifications' }));
    const list = () => within(screen.getByRole('list', { name: 'Notifications' }));
    expect(await screen.findByRole('link', { name: 'Ready 49' })).toBeVisible();
    expect(list().queryByRole('link', { name: 'Broken' })).not.toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'Show older' }));
    expect(await screen.findByRole('link', { name: 'Broken' })).toBeVisible();
    await user.click(screen.getByRole('checkbox', { name: 'Unread only' }));
    await waitFor(() => expect(list().getAllByRole('listitem')).toHaveLength(1));
    expect(router.state.location.search).toEqual({ unread: true });
    await user.click(screen.getByRole('button', { name: 'Mark all as read' }));
    expect(await screen.findByText('No matches')).toBeVisible();
  });
});

describe('mails', () => {
  it('come for the events that are chosen', async () => {
    const world = new World();
    world.notifications.mail = ['download.failed'];
    const { user } = renderApp(world, '/settings/notifications');
    await user.click(await screen.findByRole('checkbox', { name: 'is ready' }));
    await waitFor(() => expect(world.notifications.mail).toEqual(['download.ready', 'download.failed']));
    await user.click(screen.getByRole('checkbox', { name: 'fails' }));
    await waitFor(() => expect(world.notifications.mail).toEqual(['download.ready']));
  });

  it('can be limited to labels, and so can what is told in the app and sent to a webhook', async () => {
    const world = new World();
    const films = world.labels.make('Films', 'teal');
    world.notifications.webhooks = [makeWebhook()];
    const { user } = renderApp(world, '/settings/notifications');
    const choose = async (name: string) => {
      await user.click(await screen.findByRole('button', { name }));
      await user.click(await screen.findByRole('checkbox', { name: 'Films' }));
      await user.keyboard('{Escape}');
    };
    await choose('Labels of downloads to mail about');
    await waitFor(() => expect(world.notifications.mailLabels).toEqual([films.id]));
    await choose('Labels of downloads to tell of in the app');
    await waitFor(() => expect(world.notifications.appLabels).toEqual([films.id]));
    await user.click(screen.getByRole('button', { name: 'More for Chat' }));
    await user.click(await screen.findByRole('menuitem', { name: 'Edit' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Edit webhook' }));
    await user.click(dialog.getByRole('button', { name: 'Labels of downloads to send' }));
    await user.click(await screen.findByRole('checkbox', { name: 'Films' }));
    await user.click(dialog.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(world.notifications.webhooks[0]?.labels).toEqual([films.id]));
  });

  it('are said to be off where the installation sends none', async () => {
    const world = new World();
    world.mail = false;
    renderApp(world, '/settings/notifications');
    expect(await screen.findByText(/sends no mail yet/)).toBeVisible();
  });
});

describe('webhooks', () => {
  it('are added, and their secret is shown once', async () => {
    const world = new World();
    const { user } = renderApp(world, '/settings/notifications');
    await user.click(await screen.findByRole('button', { name: 'Add webhook' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Add webhook' }));
    await user.click(dialog.getByRole('button', { name: 'Add webhook' }));
    expect(await dialog.findByText('Enter the address.')).toBeVisible();
    await user.type(dialog.getByLabelText('Name'), 'Chat');
    await user.type(dialog.getByLabelText('Address'), 'example.com');
    await user.click(dialog.getByRole('checkbox', { name: 'fails' }));
    await user.click(dialog.getByRole('button', { name: 'Add webhook' }));
    expect(await dialog.findByText(/begins with https/)).toBeVisible();
    await user.clear(dialog.getByLabelText('Address'));
    await user.type(dialog.getByLabelText('Address'), 'https://chat.example.com/in?key=s3cret');
    await user.click(dialog.getByRole('button', { name: 'Add webhook' }));
    expect(await screen.findByLabelText('Secret of the webhook')).toHaveTextContent('whsec_c2VjcmV0');
    expect(screen.getByRole('link', { name: 'Standard Webhooks' })).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Done' }));
    const card = within(await screen.findByRole('listitem', { name: 'Chat' }));
    expect(card.getByText('chat.example.com')).toBeVisible();
    expect(world.notifications.webhooks[0]?.events).toEqual(['download.ready', 'download.needs_attention']);
  });

  it('say why they are off, and are turned on', async () => {
    const world = new World();
    world.notifications.webhooks = [makeWebhook({ enabled: false, offReason: 'gone' })];
    const { user } = renderApp(world, '/settings/notifications');
    expect(await screen.findByText(/gone for good/)).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'More for Chat' }));
    await user.click(await screen.findByRole('menuitem', { name: 'Turn on' }));
    expect(await screen.findByText('On')).toBeVisible();
    expect(screen.queryByText(/gone for good/)).not.toBeInTheDocument();
  });

  it('change without a new address, and keep the one they have', async () => {
    const world = new World();
    world.notifications.webhooks = [makeWebhook()];
    const { user } = renderApp(world, '/settings/notifications');
    await user.click(await screen.findByRole('button', { name: 'More for Chat' }));
    await user.click(await screen.findByRole('menuitem', { name: 'Edit' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Edit webhook' }));
    await user.type(dialog.getByLabelText('Name'), ' 2');
    await user.click(dialog.getByRole('button', { name: 'Save' }));
    expect(await screen.findByRole('listitem', { name: 'Chat 2' })).toBeVisible();
    expect(world.changes.at(-1)).toMatch(/^PATCH .* \{"name":"Chat 2","events":\["download.ready","download.failed"\],"labels":\[\]\}$/);
  });

  it('are deleted after a question', async () => {
    const world = new World();
    world.notifications.webhooks = [makeWebhook({ name: '<b>&amp;' })];
    const { user } = renderApp(world, '/settings/notifications');
    await user.click(await screen.findByRole('button', { name: 'More for <b>&amp;' }));
    await user.click(await screen.findByRole('menuitem', { name: 'Delete' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Delete webhook?' }));
    expect(dialog.getByText(/gets no more events/)).toHaveTextContent('<b>&amp; gets no more events');
    await user.click(dialog.getByRole('button', { name: 'Delete' }));
    await waitFor(() => expect(world.notifications.webhooks).toEqual([]));
  });

  it('are tested, and the result is shown', async () => {
    const world = new World();
    world.notifications.webhooks = [makeWebhook()];
    world.notifications.outcome = { state: 'failed', attempts: 1, status: 500, error: 'The server answered 500 Internal Server Error.' };
    const { user } = renderApp(world, '/settings/notifications');
    await user.click(await screen.findByRole('button', { name: 'Send a test to Chat' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Test of Chat' }));
    await user.click(dialog.getByRole('button', { name: 'Send a test' }));
    expect(await dialog.findByText(/did not arrive. The server answered 500/)).toBeVisible();
  });

  it('keep a log, from which a delivery is sent again', async () => {
    const world = new World();
    world.notifications.webhooks = [makeWebhook()];
    const delivery = makeDelivery({ event: 'download.failed', state: 'failed', attempts: 10, status: 503, error: 'The server answered 503 Service Unavailable.' });
    world.notifications.deliveries = [delivery, ...Array.from({ length: 60 }, () => makeDelivery())];
    const { user } = renderApp(world, '/settings/notifications');
    await user.click(await screen.findByRole('button', { name: 'Deliveries to Chat' }));
    const list = within(await screen.findByRole('list', { name: 'Deliveries to Chat' }));
    expect(list.getAllByRole('listitem')).toHaveLength(50);
    await user.click(screen.getByRole('button', { name: 'Show older' }));
    await waitFor(() => expect(list.getAllByRole('listitem')).toHaveLength(61));
    await user.click(list.getByRole('button', { name: /^Details of Failed/ }));
    expect(await list.findByLabelText('What is sent')).toHaveTextContent('"type": "download.failed"');
    await user.click(list.getByRole('button', { name: 'Send again' }));
    await waitFor(() => expect(world.notifications.deliveries).toHaveLength(62));
    expect(world.notifications.deliveries[0]?.messageId).toBe(delivery.messageId);
  });
});
