import { addCatalogue } from '@/lib/messages';

import en from './en.json';

declare module '@/lib/messages' {
  interface Catalogues {
    files: typeof en;
  }
}

addCatalogue('files', en);
