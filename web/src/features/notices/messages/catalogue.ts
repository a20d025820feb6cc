import { addCatalogue } from '@/lib/messages';

import en from './en.json';

declare module '@/lib/messages' {
  interface Catalogues {
    notices: typeof en;
  }
}

addCatalogue('notices', en);
