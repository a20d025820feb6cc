import { addCatalogue } from '@/lib/messages';

import en from './en.json';

declare module '@/lib/messages' {
  interface Catalogues {
    blocks: typeof en;
  }
}

addCatalogue('blocks', en);
