import { addCatalogue } from '@/lib/messages';

import en from './en.json';

declare module '@/lib/messages' {
  interface Catalogues {
    common: typeof en;
  }
}

addCatalogue('common', en);
