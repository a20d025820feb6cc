import { addCatalogue } from '@/lib/messages';

import en from './en.json';

declare module '@/lib/messages' {
  interface Catalogues {
    jobs: typeof en;
  }
}

addCatalogue('jobs', en);
