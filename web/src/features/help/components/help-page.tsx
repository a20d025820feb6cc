import { Button } from '@mantine/core';
import { useLocation } from '@tanstack/react-router';
import { Fragment, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { IconSearch } from '@/components/icons';
import { Notice } from '@/components/notice';
import { Page } from '@/components/page';
import { whyOf } from '@/lib/reasons/reasons';

import '../messages/catalogue';
import groups from '../problems.gen.json';
import classes from './help.module.css';

type Group = (typeof groups)[number];
type Problem = Group['problems'][number];

const groupNames = ['Sources', 'Infrastructure', 'Seedr', 'Accounts', 'Limits'] as const;

function matches(problem: Problem, words: readonly string[]): boolean {
  const text = `${problem.code} ${problem.code.replaceAll('_', ' ')} ${problem.means} ${problem.users} ${problem.admins}`.toLowerCase();
  return words.every((word) => text.includes(word));
}

/** What each problem means and what to do about it; the address's hash names the one to show. */
export function HelpPage() {
  const { t } = useTranslation('help');
  const hash = useLocation({ select: (location) => location.hash });
  const [wanted, setWanted] = useState('');
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = groupNames.flatMap((name) => {
    const problems = groups.find(({ title }) => title === name)?.problems.filter((problem) => matches(problem, words)) ?? [];
    return problems.length > 0 ? [{ name, problems }] : [];
  });
  useEffect(() => {
    if (hash !== '') document.getElementById(hash)?.scrollIntoView({ block: 'center' });
  }, [hash]);
  return (
    <Page title={t('title')} intro={t('intro')} narrow>
      <label className={classes.find}>
        {t('find')}
        <input type="search" placeholder={t('findHint')} value={wanted} onChange={(event) => setWanted(event.currentTarget.value)} />
      </label>
      {shown.length === 0 && (
        <Notice
          icon={IconSearch}
          title={t('none')}
          action={
            <Button variant="default" onClick={() => setWanted('')}>
              {t('all')}
            </Button>
          }
        />
      )}
      {shown.map(({ name, problems }) => (
        <section key={name} aria-labelledby={`group-${name}`}>
          <h2 id={`group-${name}`} className={classes.group}>
            {t(`groups.${name}`)}
          </h2>
          <ul className={classes.problems}>
            {problems.map((problem) => (
              <Entry key={problem.code} problem={problem} current={problem.code === hash} />
            ))}
          </ul>
        </section>
      ))}
    </Page>
  );
}

function Entry({ problem, current }: { problem: Problem; current: boolean }) {
  const { t } = useTranslation('help');
  const { code, means, users, admins } = problem;
  return (
    <li id={code} className={classes.problem} aria-current={current || undefined}>
      <h3>{whyOf({ code }, 0)}</h3>
      <p className={classes.means}>
        <Marked text={means} />
      </p>
      {users !== '' && (
        <p>
          <Marked text={users} />
        </p>
      )}
      {admins !== '' && (
        <p>
          <b>{t('admins')}</b> <Marked text={admins} />
        </p>
      )}
      <p className={classes.code}>
        <code>{code}</code>
      </p>
    </li>
  );
}

/** A text of the documentation, with its names of settings and its stressed words. */
function Marked({ text }: { text: string }) {
  return text.split(/(`[^`]+`|\*[^*]+\*)/).map((part, at) => (
    <Fragment key={at}>{part.startsWith('`') ? <code>{part.slice(1, -1)}</code> : part.startsWith('*') && part.length > 2 ? <em>{part.slice(1, -1)}</em> : part}</Fragment>
  ));
}
