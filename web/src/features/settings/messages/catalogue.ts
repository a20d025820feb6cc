import { addCatalogue } from '@/lib/messages';

import en from './en.json';

declare module '@/lib/messages' {
  interface Catalogues {
    settings: typeof en;
  }
}

addCatalogue('settings', en);
