import { addCatalogue } from '@/lib/messages';

import en from './en.json';

declare module '@/lib/messages' {
  interface Catalogues {
    authLinks: typeof en;
  }
}

addCatalogue('authLinks', en);
