import { addCatalogue } from '@/lib/messages';

import en from './en.json';

declare module '@/lib/messages' {
  interface Catalogues {
    live: typeof en;
  }
}

addCatalogue('live', en);
