import { addCatalogue } from '@/lib/messages';

import en from './en.json';

declare module '@/lib/messages' {
  interface Catalogues {
    moveJob: typeof en;
  }
}

addCatalogue('moveJob', en);
