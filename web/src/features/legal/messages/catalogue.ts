import { addCatalogue } from '@/lib/messages';

import en from './en.json';

declare module '@/lib/messages' {
  interface Catalogues {
    legal: typeof en;
  }
}

addCatalogue('legal', en);
