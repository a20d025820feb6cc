import { addCatalogue } from '@/lib/messages';

import en from './en.json';

declare module '@/lib/messages' {
  interface Catalogues {
    adminPages: typeof en;
  }
}

addCatalogue('adminPages', en);
