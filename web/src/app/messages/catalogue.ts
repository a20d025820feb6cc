import { addCatalogue } from '@/lib/messages';

import en from './en.json';

declare module '@/lib/messages' {
  interface Catalogues {
    app: typeof en;
  }
}

addCatalogue('app', en);
