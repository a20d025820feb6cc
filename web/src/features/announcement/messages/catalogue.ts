import { addCatalogue } from '@/lib/messages';

import en from './en.json';

declare module '@/lib/messages' {
  interface Catalogues {
    announcement: typeof en;
  }
}

addCatalogue('announcement', en);
