import { addCatalogue } from '@/lib/messages';

import en from './en.json';

declare module '@/lib/messages' {
  interface Catalogues {
    deletion: typeof en;
  }
}

addCatalogue('deletion', en);
