import { addCatalogue } from '@/lib/messages';

import en from './en.json';

declare module '@/lib/messages' {
  interface Catalogues {
    list: typeof en;
  }
}

addCatalogue('list', en);
