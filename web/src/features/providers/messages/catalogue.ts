import { addCatalogue } from '@/lib/messages';

import en from './en.json';

declare module '@/lib/messages' {
  interface Catalogues {
    providers: typeof en;
  }
}

addCatalogue('providers', en);
