// How is a list shown? As a table that can be sorted by any column, from the keyboard too.

const empty = (value) => value === null || value === undefined || value === '';

/* Numbers by size, the rest as text; what is missing comes last either way. */
function compare(a, b, direction) {
    if (empty(a) || empty(b)) return empty(a) - empty(b);
    const order = typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b), 'en', { numeric: true });
    return order * direction;
}

const classOf = ({ isNumber, isLong, isDeed }) => (isNumber ? 'number' : isLong ? 'long' : isDeed ? 'deed' : false);

/**
 * Columns: { name, value(row) to sort by, cell(row) to show (text or an element; else the value), isNumber, isLong: whole
 * sentences, isDeed: buttons, which paper has not }. Shown in the order given until a column's name is pressed. The element
 * has update(rows), which keeps the order chosen; without `rows` it says `nothing` only after that.
 */
function table({ caption, columns, rows = null, nothing = 'Nothing here.' }) {
    let sorted = null; // { column, direction }
    let shown = rows ?? [];
    let isKnown = rows !== null; // else it is not said yet that there is nothing
    const heads = columns.map((column) => make('th', { scope: 'col', class: classOf(column) },
        make('button', { type: 'button', onclick: () => sortBy(column) }, column.name)));
    const body = make('tbody');
    const none = make('p', { class: 'empty' }, nothing);
    const whole = make('table', {}, make('caption', {}, caption), make('thead', {}, make('tr', {}, ...heads)), body);
    const place = make('div', { class: 'wide', tabindex: '0', role: 'region', 'aria-label': caption }, whole, none);

    function sortBy(column) {
        const isAgain = sorted?.column === column;
        sorted = { column, direction: isAgain ? -sorted.direction : column.isNumber ? -1 : 1 };
        heads.forEach((head, i) => {
            if (columns[i] === column) head.setAttribute('aria-sort', sorted.direction > 0 ? 'ascending' : 'descending');
            else head.removeAttribute('aria-sort');
        });
        draw();
    }

    function draw() {
        const inOrder = sorted
            ? shown.toSorted((a, b) => compare(sorted.column.value(a), sorted.column.value(b), sorted.direction)) : shown;
        redraw(body, () => body.replaceChildren(...inOrder.map((row) => make('tr', {}, ...columns.map((column) => {
            const content = (column.cell ?? column.value)(row);
            return make('td', { class: classOf(column) }, content instanceof Node ? content : String(content ?? '–'));
        })))));
        none.hidden = !isKnown || shown.length > 0;
    }

    place.update = (newer) => {
        shown = newer;
        isKnown = true;
        draw();
    };
    draw();
    return place;
}
