import { defineConfig } from 'wxt';

// The public key from which Chromium makes the extension's id, which EXTENSION_IDS of a server names.
const key =
  'MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAvIvaifHV7Bcc8eWQpbgF4Gta6IYQVTPZO4Qg5LufnA3wmcHdqsowX2Z4vwFWpbbGB82dx8pAQ2+0NWdj2/NNCBiA3z6k0lDk747LYKLyavFSu09JSbYyuWA+xVGwkcrM/vkRSXJvw2U+znqksmGw9bWWJeGVzl0LKB4QeB9AHsiIr4Le04ENv2zoE2VIsuwhFSYaqnCO6wtlGqVSDMkI3CmblN4IwYVpw12YR9ahlL49E2qAelfo0+NLZBwxUHaOtKLhCaHo4PK8qU1BaoPT4LjNu2byV4GnYGRGaii3dfi39COqZvdd9ksJ2bEpH4pcJj1JOkzlgqVf/Nk8I8ICOQIDAQAB';

// The server's address is the user's to choose, so its permission is asked for when they connect, for that server alone.
const anyServer = ['https://*/*', 'http://*/*'];

// Takes the one place out of Preact that makes elements of a text. Lint forbids to ask for it, so nothing is lost but the
// warning of Mozilla's linter.
const withoutMarkup = {
  name: 'without-markup',
  transform(code: string, id: string): string | undefined {
    if (!/\/preact\/dist\/preact\.m?js$/.test(id)) return undefined;
    const without = code.replace(/\w+\.innerHTML=\w+\.__html/, 'void 0');
    if (without === code || /innerHTML=[^=]/.test(without)) throw new Error('Preact assigns innerHTML elsewhere than before');
    return without;
  },
};

export default defineConfig({
  outDirTemplate: '{{browser}}',
  manifestVersion: 3,
  imports: false,
  manifest: ({ browser }) => ({
    default_locale: 'en',
    name: '__MSG_appName__',
    description: '__MSG_appDescription__',
    permissions: ['activeTab', 'alarms', 'contextMenus', 'identity', 'scripting', 'storage'],
    optional_permissions: ['notifications'],
    optional_host_permissions: anyServer,
    ...(browser === 'firefox'
      ? {
          browser_specific_settings: {
            gecko: { id: 'extension@longhaul', strict_min_version: '142.0', data_collection_permissions: { required: ['websiteActivity'] } },
          },
        }
      : { key, minimum_chrome_version: '120' }),
    icons: { 16: 'icon-16.png', 48: 'icon-48.png', 128: 'icon-128.png' },
    action: { default_title: '__MSG_appName__' },
    commands: { _execute_action: { suggested_key: { default: 'Alt+Shift+L' } } },
  }),
  vite: () => ({ build: { modulePreload: false }, plugins: [withoutMarkup] }),
});
