import { addCatalogue } from '@/lib/messages';

import en from './en.json';

declare module '@/lib/messages' {
  interface Catalogues {
    many: typeof en;
  }
}

addCatalogue('many', en);
