import { addCatalogue } from '@/lib/messages';

import en from './en.json';

declare module '@/lib/messages' {
  interface Catalogues {
    extension: typeof en;
  }
}

addCatalogue('extension', en);
