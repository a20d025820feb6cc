import { addCatalogue } from '@/lib/messages';

import en from './en.json';

declare module '@/lib/messages' {
  interface Catalogues {
    detail: typeof en;
  }
}

addCatalogue('detail', en);
