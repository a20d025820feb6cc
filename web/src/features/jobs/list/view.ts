import type { Sort } from '../api';
import type { Tab } from '../state';

/** What the list shows: tab, search and sort order. */
export interface ListView {
  tab: Tab;
  q: string;
  sort: Sort;
}
