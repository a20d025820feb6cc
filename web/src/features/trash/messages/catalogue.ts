import { addCatalogue } from '@/lib/messages';

import en from './en.json';

declare module '@/lib/messages' {
  interface Catalogues {
    trash: typeof en;
  }
}

addCatalogue('trash', en);
