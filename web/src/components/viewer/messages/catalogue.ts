import { addCatalogue } from '@/lib/messages';

import en from './en.json';

declare module '@/lib/messages' {
  interface Catalogues {
    viewer: typeof en;
  }
}

addCatalogue('viewer', en);
