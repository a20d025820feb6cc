import { addCatalogue } from '@/lib/messages';

import en from './en.json';

declare module '@/lib/messages' {
  interface Catalogues {
    rules: typeof en;
  }
}

addCatalogue('rules', en);
