import { addCatalogue } from '@/lib/messages';

import en from './en.json';

declare module '@/lib/messages' {
  interface Catalogues {
    auth: typeof en;
  }
}

addCatalogue('auth', en);
