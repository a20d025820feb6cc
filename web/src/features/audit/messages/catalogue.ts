import { addCatalogue } from '@/lib/messages';

import en from './en.json';

declare module '@/lib/messages' {
  interface Catalogues {
    audit: typeof en;
  }
}

addCatalogue('audit', en);
