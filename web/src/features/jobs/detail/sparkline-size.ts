/** The room that a sparkline is drawn in; it stretches to the width of the page. */
export const width = 600;
export const height = 64;
