import { addCatalogue } from '@/lib/messages';

import en from './en.json';

declare module '@/lib/messages' {
  interface Catalogues {
    library: typeof en;
  }
}

addCatalogue('library', en);
