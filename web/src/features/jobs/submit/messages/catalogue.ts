import { addCatalogue } from '@/lib/messages';

import en from './en.json';

declare module '@/lib/messages' {
  interface Catalogues {
    submit: typeof en;
  }
}

addCatalogue('submit', en);
