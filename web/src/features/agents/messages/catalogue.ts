import { addCatalogue } from '@/lib/messages';

import en from './en.json';

declare module '@/lib/messages' {
  interface Catalogues {
    agents: typeof en;
  }
}

addCatalogue('agents', en);
