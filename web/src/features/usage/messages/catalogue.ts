import { addCatalogue } from '@/lib/messages';

import en from './en.json';

declare module '@/lib/messages' {
  interface Catalogues {
    usage: typeof en;
  }
}

addCatalogue('usage', en);
