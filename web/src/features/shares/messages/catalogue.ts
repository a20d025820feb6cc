import { addCatalogue } from '@/lib/messages';

import en from './en.json';

declare module '@/lib/messages' {
  interface Catalogues {
    shares: typeof en;
  }
}

addCatalogue('shares', en);
