import { addCatalogue } from '@/lib/messages';

import en from './en.json';

declare module '@/lib/messages' {
  interface Catalogues {
    routes: typeof en;
  }
}

addCatalogue('routes', en);
