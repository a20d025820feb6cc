import { addCatalogue } from '@/lib/messages';

import en from './en.json';

declare module '@/lib/messages' {
  interface Catalogues {
    users: typeof en;
  }
}

addCatalogue('users', en);
