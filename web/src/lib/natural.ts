/** Compares names as people sort them: "2" before "10", whatever the case. */
export const natural = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });
