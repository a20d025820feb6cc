// The page about the browser extension, where the operator names stores and where not.
import { go } from './steps.mjs';

export const extensionPages = [
  { name: 'extension', narrow: true, open: (page, stage) => go(page, stage, '/extension', 'Load unpacked') },
  {
    name: 'extension-stores',
    narrow: true,
    open: async (page, stage) => {
      stage.world.extensionStores = { chrome: 'https://chrome.example/longhaul', firefox: 'https://firefox.example/longhaul' };
      await go(page, stage, '/extension', 'Get it for Chrome');
    },
  },
];
