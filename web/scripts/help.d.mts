export interface HelpGroup {
  title: string;
  problems: { code: string; means: string; users: string; admins: string }[];
}

/** Reads the tables of problems of docs/problems.md. */
export function helpOf(markdown: string): HelpGroup[];
