const forAdmins = / ?\bAdmin: /;

/** Splits a row of a table at its bars. */
function cells(line) {
  return line.slice(1, -1).split(' | ').map((cell) => cell.trim());
}

/** A text as readers of the app need it: links to other pages of the documentation lead nowhere there, and a job is a download. */
function plain(text) {
  const bare = text
    .replaceAll(/\[([^\]]+)\]\([^)]*\)/g, '$1')
    .replaceAll(/`[^`]*`|\bjob(s?)\b/g, (found, many) => (found.startsWith('`') ? found : `download${many}`))
    .trim();
  return bare === '' ? '' : bare[0].toUpperCase() + bare.slice(1);
}

/** Reads the tables of problems, each under its heading: what a problem means, and what users and admins can do. */
export function helpOf(markdown) {
  const groups = [];
  let title = '';
  let inTable = false;
  for (const line of markdown.split('\n')) {
    if (line.startsWith('## ')) title = line.slice(3);
    if (line.startsWith('| problem |')) {
      inTable = true;
      groups.push({ title, problems: [] });
    } else if (!line.startsWith('|')) inTable = false;
    else if (inTable && !line.startsWith('|---')) {
      const [code, , , means, , advice] = cells(line);
      const [users = '', ...admins] = advice.split(forAdmins);
      groups.at(-1).problems.push({ code: code.replaceAll('`', ''), means: plain(means), users: plain(users), admins: plain(admins.join(' ')) });
    }
  }
  return groups;
}
