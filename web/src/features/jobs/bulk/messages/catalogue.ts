import { addCatalogue } from '@/lib/messages';

import en from './en.json';

declare module '@/lib/messages' {
  interface Catalogues {
    bulk: typeof en;
  }
}

addCatalogue('bulk', en);
