import { addCatalogue } from '@/lib/messages';

import en from './en.json';

declare module '@/lib/messages' {
  interface Catalogues {
    storage: typeof en;
  }
}

addCatalogue('storage', en);
