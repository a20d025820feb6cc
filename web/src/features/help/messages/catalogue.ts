import { addCatalogue } from '@/lib/messages';

import en from './en.json';

declare module '@/lib/messages' {
  interface Catalogues {
    help: typeof en;
  }
}

addCatalogue('help', en);
