import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import './messages/catalogue';
import classes from './bar-chart.module.css';

const height = 96;

export interface Bar {
  value: number;
  tone?: 'ok' | 'warn' | 'bad';
}

/** Bars side by side. It is hidden from screen readers: put a FigureTable beside it. */
export function BarChart({ bars, top }: { bars: readonly Bar[]; top: number }) {
  return (
    <svg className={classes.bars} viewBox={`0 0 ${bars.length * 4} ${height}`} preserveAspectRatio="none" aria-hidden="true">
      {bars.map(({ value, tone }, at) => {
        const tall = value === 0 ? 1 : Math.max(2, (value / Math.max(top, Number.EPSILON)) * height);
        return <rect key={at} x={at * 4} y={height - tall} width={3} height={tall} data-empty={value === 0 || undefined} data-tone={tone} />;
      })}
    </svg>
  );
}

interface FigureTableProps {
  /** Names the table for screen readers. */
  label: string;
  columns: readonly string[];
  /** Each with its heading first. */
  rows: readonly { key: string; cells: readonly ReactNode[] }[];
}

/** The figures of a chart, for people who can't see it. */
export function FigureTable({ label, columns, rows }: FigureTableProps) {
  const { t } = useTranslation('components');
  return (
    <details className={classes.details}>
      <summary>{t('barChart.showAsTable')}</summary>
      {/* A scrolling region with nothing focusable in it must be focusable. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div role="region" aria-label={label} tabIndex={0}>
        <table>
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column} scope="col">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ key, cells: [heading, ...cells] }) => (
              <tr key={key}>
                <th scope="row">{heading}</th>
                {cells.map((cell, at) => (
                  <td key={columns[at + 1]}>{cell}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
