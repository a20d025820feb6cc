import { addCatalogue } from '@/lib/messages';

import en from './en.json';

declare module '@/lib/messages' {
  interface Catalogues {
    flags: typeof en;
  }
}

addCatalogue('flags', en);
