// How are numbers drawn? By uPlot, with the same numbers in a table below for whoever can't see or use a drawing.

const HEIGHT = 220;
const WITHIN_AN_HOUR_S = [60, 120, 300, 600, 900, 1800];
const DAILY_S = [1, 2, 7, 14, 28, 56, 112].map((days) => days * 86400);
const WHOLE = [1, 2, 5].flatMap((first) => [0, 1, 2, 3, 4, 5, 6].map((zeros) => first * 10 ** zeros)).sort((a, b) => a - b);
const LINES = ['--line-1', '--line-2', '--line-3', '--line-4'];
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/**
 * { title, series: [{ name, value(row) }], at(row) in seconds since 1970, label(row) of a row in the table, write(number)
 * for people, isDaily }. The element has update(rows); without uPlot (npm has not installed it) it shows the table only.
 */
function chart({ title, series, at, label, write = count, isDaily = false }) {
    const columns = [{ name: isDaily ? 'Day' : 'Time', value: at, cell: label },
        ...series.map(({ name, value }) => ({ name, value, cell: (row) => write(value(row)), isNumber: true }))];
    const numbers = table({ caption: title, columns, nothing: 'Nothing yet.' });
    const drawing = make('div', { class: 'drawing', hidden: true, role: 'img', 'aria-label': `${title}: the numbers are in the table below.` });
    const none = make('p', { class: 'empty', hidden: true }, isDaily ? 'Nothing yet.' : 'The first whole minute is not over yet.');
    const place = make('figure', {}, make('figcaption', {}, title), none, drawing,
        make('details', {}, make('summary', {}, 'As a table'), numbers));
    let plot = null;
    let drawn = 0; // the width

    const data = (rows) => [rows.map(at), ...series.map(({ value }) => rows.map(value))];

    function options() {
        const axis = { stroke: () => colour('--soft'), grid: { stroke: () => colour('--line'), width: 1 }, ticks: { show: false } };
        return {
            width: drawn,
            height: HEIGHT,
            tzDate: isDaily ? (seconds) => uPlot.tzDate(new Date(seconds * 1000), 'UTC') : undefined,
            series: [{ label: isDaily ? 'Day' : 'Time', value: isDaily ? '{D} {MMM}' : '{HH}:{mm}' }, ...series.map(({ name }, i) => ({
                label: name,
                stroke: () => colour(LINES[i]),
                width: 2,
                dash: i ? [8, 2 + 3 * i] : [],
                points: { size: 5 },
                value: (self, number) => (number === null ? '–' : write(number)),
            }))],
            axes: [{ ...axis, incrs: isDaily ? DAILY_S : WITHIN_AN_HOUR_S, values: isDaily ? [[86400, '{D} {MMM}', null, null, null, null, null, null, 1]]
                : [[60, '{HH}:{mm}', null, null, null, null, null, null, 1]], space: 60 },
            { ...axis, size: 60, ...(write === count ? { incrs: WHOLE } : {}), values: (self, splits) => splits.map(write) }],
            scales: { y: { range: (self, least, most) => [0, Math.max(most * 1.1, write === count ? 1 : 0.01)] } },
            cursor: { drag: { x: false, y: false } },
        };
    }

    function draw(rows) {
        const width = Math.floor(drawing.clientWidth);
        if (typeof uPlot === 'undefined' || width === 0 || rows.length === 0) return;
        if (!plot) {
            drawn = width;
            plot = new uPlot(options(), data(rows), drawing);
            return;
        }
        if (width !== drawn) plot.setSize({ width: drawn = width, height: HEIGHT });
        plot.setData(data(rows));
    }

    let shown = [];
    place.update = (rows) => {
        shown = rows;
        numbers.update(rows);
        none.hidden = rows.length > 0;
        drawing.hidden = rows.length === 0 || typeof uPlot === 'undefined';
        draw(rows);
    };
    new ResizeObserver(() => draw(shown)).observe(drawing);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => plot?.redraw(false));
    if (typeof uPlot === 'undefined') {
        place.querySelector('details').open = true;
    }
    return place;
}
