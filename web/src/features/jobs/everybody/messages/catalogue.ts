import { addCatalogue } from '@/lib/messages';

import en from './en.json';

declare module '@/lib/messages' {
  interface Catalogues {
    everybody: typeof en;
  }
}

addCatalogue('everybody', en);
