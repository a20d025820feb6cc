import { addCatalogue } from '@/lib/messages';

import en from './en.json';

declare module '@/lib/messages' {
  interface Catalogues {
    palette: typeof en;
  }
}

addCatalogue('palette', en);
