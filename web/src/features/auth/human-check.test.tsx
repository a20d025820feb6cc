import { cleanup, screen, waitFor } from '@testing-library/react';
import { renderApp } from '@test/render-app';
import { World } from '@test/world';
import { afterEach, expect, it, vi } from 'vitest';

const part = vi.hoisted(() => {
  let load: () => void = () => undefined;
  const loaded = new Promise<void>((resolve) => {
    load = resolve;
  });
  return { loaded, load };
});

vi.mock('@marsidev/react-turnstile', async (original) => {
  await part.loaded;
  return original();
});

interface WidgetOptions {
  sitekey: string;
  action: string;
  callback: (answer: string) => void;
}

/** Cloudflare's script as a page sees it: each widget answers at once, and again after each reset. */
function standIn() {
  let made = 0;
  let current = '';
  const shown: WidgetOptions[] = [];
  const answer = (options: WidgetOptions | undefined) => {
    made += 1;
    current = `answer-${made}`;
    options?.callback(current);
  };
  vi.stubGlobal('turnstile', {
    render: (_: HTMLElement, options: WidgetOptions) => {
      shown.push(options);
      answer(options);
      return 'widget';
    },
    getResponse: () => current,
    reset: () => answer(shown.at(-1)),
    remove: () => undefined,
  });
  return shown;
}

function checkingWorld() {
  const world = new World();
  world.me = null;
  world.registration = 'open';
  world.turnstileSiteKey = '1x00000000000000000000AA';
  return world;
}

// The page is unmounted first: a widget removes itself from the script when it unmounts.
afterEach(() => {
  cleanup();
  Reflect.deleteProperty(globalThis, 'turnstile');
  document.querySelector('#cf-turnstile-script')?.remove();
});

// The first test, since the part is loaded once.
it('waits for the widget when the form is sent before it is loaded', async () => {
  standIn();
  const world = checkingWorld();
  const { user } = renderApp(world, '/reset');
  await user.type(await screen.findByLabelText('E-mail'), 'ada@example.org');
  await user.click(screen.getByRole('button', { name: 'Send link' }));
  part.load();
  expect(await screen.findByText('Check your mail')).toBeVisible();
});

it('sends a fresh answer of the widget with each try', async () => {
  const shown = standIn();
  const world = checkingWorld();
  const { user } = renderApp(world, '/login');
  await user.type(await screen.findByLabelText('E-mail'), 'ada@example.org');
  await user.type(screen.getByLabelText('Password'), 'wrong');
  await waitFor(() => expect(shown.at(-1)).toMatchObject({ sitekey: '1x00000000000000000000AA', action: 'login' }));
  await user.click(screen.getByRole('button', { name: 'Sign in' }));
  expect(await screen.findByText('Wrong e-mail address or password.')).toBeVisible();
  await user.click(screen.getByRole('button', { name: 'Sign in' }));
  await waitFor(() => expect(world.changes).toHaveLength(2));
  const answers = world.changes.map((change) => /"turnstile":"([^"]+)"/.exec(change)?.[1]);
  expect(answers[0]).toMatch(/^answer-/);
  expect(answers[1]).toMatch(/^answer-/);
  expect(answers[0]).not.toBe(answers[1]);
});

it('names its action', async () => {
  const shown = standIn();
  renderApp(checkingWorld(), '/register');
  await screen.findByLabelText('E-mail');
  await waitFor(() => expect(shown.at(-1)?.action).toBe('register'));
});

it('loads nothing from another origin where no key is configured', async () => {
  const world = checkingWorld();
  world.turnstileSiteKey = '';
  renderApp(world, '/login');
  await screen.findByLabelText('E-mail');
  expect(document.querySelector('script')).toBeNull();
});
