import { addCatalogue } from '@/lib/messages';

import en from './en.json';

declare module '@/lib/messages' {
  interface Catalogues {
    media: typeof en;
  }
}

addCatalogue('media', en);
