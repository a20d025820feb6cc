import { addCatalogue } from '@/lib/messages';

import en from './en.json';

declare module '@/lib/messages' {
  interface Catalogues {
    shell: typeof en;
  }
}

addCatalogue('shell', en);
