import { addCatalogue } from '@/lib/messages';

import en from './en.json';

declare module '@/lib/messages' {
  interface Catalogues {
    documents: typeof en;
  }
}

addCatalogue('documents', en);
