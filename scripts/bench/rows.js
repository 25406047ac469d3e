/**
 * One line of the table.
 * @typedef {{ what: string, measured: number, unit: '×' | '%' | 'ms' | 'MiB' | 'bytes' | '', budget?: number,
 *   holds?: boolean, detail?: string }} Row
 */

/** How often as long the first took as the second: the median over rounds, each measured side by side. */
export function ratioRow(what, [ours, theirs], budget, names = ['ours', 'theirs']) {
  const measured = median(ours.map((ms, round) => ms / theirs[round]));
  const detail = `${names[0]} ${shown(median(ours))} ms, ${names[1]} ${shown(median(theirs))} ms`;
  return row(what, measured, '×', budget, `${detail}; ${ours.length} rounds`);
}

/** A figure that is no ratio. */
export function row(what, measured, unit, budget, detail) {
  return {
    what,
    measured,
    unit,
    ...(budget !== undefined && { budget, holds: measured <= budget }),
    ...(detail && { detail }),
  };
}

/** The value in the middle. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The table for people. */
export function tableOf(rows) {
  const lines = [
    ['what', 'measured', 'budget', 'holds', ''],
    ...rows.map(({ what, measured, unit, budget, holds, detail = '' }) => [
      what,
      `${shown(measured)}${unit === '' ? '' : ` ${unit}`}`,
      budget === undefined ? '' : `≤ ${shown(budget)}`,
      holds === undefined ? '' : holds ? 'yes' : 'NO',
      detail,
    ]),
  ];
  const widths = [0, 1, 2, 3].map((column) =>
    Math.max(...lines.map((line) => line[column].length)),
  );
  return lines
    .map((line) =>
      line
        .map((cell, column) =>
          column === 1 || column === 2
            ? cell.padStart(widths[column])
            : cell.padEnd(widths[column] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function shown(value) {
  if (value >= 1000) return Math.round(value).toLocaleString('en');
  return value >= 100 ? value.toFixed(0) : value.toFixed(2);
}
