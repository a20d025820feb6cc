import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';

/**
 * The catalogues of all features, by name. A feature adds its own, so that a key that its catalogue lacks does not
 * compile:
 *
 *     declare module '@/lib/messages' {
 *       interface Catalogues { library: typeof en }
 *     }
 */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- features add to it
export interface Catalogues {}

declare module 'i18next' {
  interface CustomTypeOptions {
    resources: Catalogues;
  }
}

void i18next.use(initReactI18next).init({
  lng: 'en',
  fallbackLng: 'en',
  resources: {},
  initAsync: false,
  // React escapes what it shows.
  interpolation: { escapeValue: false },
});

/**
 * Registers a feature's English texts. They come with the code that uses them, so that a page loads only its own. Call
 * it where the feature's catalogue is imported; components then read it with `useTranslation(name)`, and code outside
 * of components with `text('name:key')`.
 */
export function addCatalogue<Name extends keyof Catalogues>(name: Name, english: Catalogues[Name]): void {
  i18next.addResourceBundle('en', name, english, true, true);
}

/**
 * Returns a text outside of components, such as in a toast. Constants of modules may hold texts, too: the language is
 * set before the first module that needs one is loaded, and a change of it loads the page again.
 */
export const text = i18next.t;
