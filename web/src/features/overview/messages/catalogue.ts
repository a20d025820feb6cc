import { addCatalogue } from '@/lib/messages';

import en from './en.json';

declare module '@/lib/messages' {
  interface Catalogues {
    overview: typeof en;
  }
}

addCatalogue('overview', en);
