import { screen, within } from '@testing-library/react';
import { makeMe } from '@test/fixtures';
import { renderApp } from '@test/render-app';
import { World } from '@test/world';
import { afterEach, describe, expect, it, vi } from 'vitest';

const agents = {
  chrome: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
  firefox: 'Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0',
};

const stores = { chrome: 'https://chrome.example/longhaul', firefox: 'https://firefox.example/longhaul' };

function open(browser: keyof typeof agents, named: Partial<typeof stores>, role: 'user' | 'admin' = 'user') {
  vi.spyOn(navigator, 'userAgent', 'get').mockReturnValue(agents[browser]);
  const world = new World();
  world.me = makeMe({ role });
  world.extensionStores = { chrome: '', firefox: '', ...named };
  return renderApp(world, '/extension');
}

/** The part of the page with this heading. */
async function part(name: string) {
  return within(await screen.findByRole('region', { name }));
}

afterEach(() => vi.restoreAllMocks());

describe('the page about the browser extension', () => {
  it.each([
    ['chrome', ['Get it for Chrome', 'Get it for Firefox']],
    ['firefox', ['Get it for Firefox', 'Get it for Chrome']],
  ] as const)('leads to the stores, in %s to its own first', async (browser, labels) => {
    open(browser, stores);
    const get = await part('Get it');
    const links = get.getAllByRole('link');
    expect(links.map((link) => link.textContent)).toEqual(labels);
    expect(links[0]).toHaveAttribute('href', stores[browser]);
    for (const link of links) expect(link).toHaveAttribute('rel', expect.stringContaining('noreferrer'));
    expect(get.queryByText(/names no page/)).not.toBeInTheDocument();
    expect(get.queryByRole('heading', { name: 'In Firefox' })).not.toBeInTheDocument();
  });

  it.each([
    ['chrome', ['In Chrome, Chromium and Edge', 'In Firefox']],
    ['firefox', ['In Firefox', 'In Chrome, Chromium and Edge']],
  ] as const)('says plainly that no store is named and how to load a build, in %s for it first', async (browser, headings) => {
    open(browser, {});
    const get = await part('Get it');
    expect(get.getByText(/^The operator of this server names no page in a browser’s store\./)).toBeVisible();
    expect(get.queryByRole('link')).not.toBeInTheDocument();
    expect(get.getAllByRole('heading', { level: 3 }).map((heading) => heading.textContent)).toEqual(headings);
    expect(get.getByText('chrome://extensions')).toBeVisible();
    expect(get.getByText('about:debugging#/runtime/this-firefox')).toBeVisible();
    expect(get.queryByText('EXTENSION_CHROME_URL')).not.toBeInTheDocument();
  });

  it.each([
    ['Chrome', { firefox: stores.firefox }, 'In Chrome, Chromium and Edge'],
    ['Firefox', { chrome: stores.chrome }, 'In Firefox'],
  ] as const)('explains builds for %s alone where only the other store is named', async (missing, named, heading) => {
    open('chrome', named);
    const get = await part('Get it');
    expect(get.getByText(new RegExp(`names no page in a store for ${missing}\\.`))).toBeVisible();
    expect(get.getAllByRole('link')).toHaveLength(1);
    expect(get.getAllByRole('heading', { level: 3 }).map(({ textContent }) => textContent)).toEqual([heading]);
  });

  it('tells administrators which settings name the stores', async () => {
    open('chrome', {}, 'admin');
    expect(await screen.findByText('EXTENSION_CHROME_URL')).toBeVisible();
  });

  it('gives the address to connect to, to copy', async () => {
    const { user } = open('chrome', stores);
    const connect = await part('Connect it');
    expect(connect.getByText(globalThis.location.origin)).toBeVisible();
    await user.click(connect.getByRole('button', { name: 'Copy' }));
    expect(await connect.findByRole('button', { name: 'Copied' })).toBeVisible();
    expect(await navigator.clipboard.readText()).toBe(globalThis.location.origin);
    expect(connect.getByRole('link', { name: 'Settings › API tokens' })).toHaveAttribute('href', '/settings');
  });

  it('says so where the account can’t connect anything', async () => {
    const world = new World();
    world.me = makeMe({ featuresOff: ['api_tokens'] });
    renderApp(world, '/extension');
    const connect = await part('Connect it');
    expect(connect.getByText(/^API tokens are switched off for your account/)).toBeVisible();
    expect(connect.queryByRole('listitem')).not.toBeInTheDocument();
  });

  it('is found from the settings, the menu of the account and an empty list', async () => {
    const { user, router } = renderApp(new World(), '/settings');
    await user.click(await screen.findByRole('link', { name: 'About the extension' }));
    expect(await screen.findByRole('heading', { level: 1, name: 'Browser extension' })).toBeVisible();
    await router.navigate({ to: '/' });
    await user.click(await screen.findByRole('link', { name: 'browser extension' }));
    expect(await screen.findByRole('heading', { level: 1, name: 'Browser extension' })).toBeVisible();
    await user.click(screen.getByRole('button', { name: /^Account / }));
    expect(await screen.findByRole('menuitem', { name: 'Browser extension' })).toHaveAttribute('href', '/extension');
  });
});
