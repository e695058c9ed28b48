// Whether the window is narrow: rows of lists then have two lines.

const query = matchMedia('(max-width: 760px)');

export const isNarrow = () => query.matches;
export const rowHeight = (wide = 36, narrow = 56) => (query.matches ? narrow : wide);
