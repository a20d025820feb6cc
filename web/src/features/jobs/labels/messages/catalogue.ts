import { addCatalogue } from '@/lib/messages';

import en from './en.json';

declare module '@/lib/messages' {
  interface Catalogues {
    labels: typeof en;
  }
}

addCatalogue('labels', en);
