import type { Sort } from '../api';
import type { Tab } from '../state';

/** What the list shows: tab, search, sort order and label. */
export interface ListView {
  tab: Tab;
  q: string;
  sort: Sort;
  /** Id of a label; empty for all. */
  label: string;
}
