// How is a flow drawn? The way things should go runs down the middle; what leads back is on the left, what changes
// answers or fails is on the right. Made for 360 pixels: nothing is smaller there than on a desk.

const BOX = { left: 62, width: 184, height: 46 };
const SIDE = { left: 264, width: 92, height: 46 };
const GAP = 50;
const SHEET = 360;
const MOST_LETTERS = 24;
const MOST_SIDE_LETTERS = 11;

const MIDDLE = BOX.left + BOX.width / 2;
const RIGHT = BOX.left + BOX.width;

/** An element of a drawing; a string is text, never markup. */
function draw(tag, attributes = {}, ...children) {
    const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
}

const shorten = (text, most) => (text.length > most ? `${text.slice(0, most - 1).trimEnd()}…` : text);

/* Where each place stands: in the middle, except the ones beside the main way. */
function layOut(flow) {
    const sides = new Set(['edit', 'failed']);
    const spots = new Map();
    let row = 0;
    for (const place of flow.places.filter(({ id }) => !sides.has(id))) spots.set(place.id, { place, row: row++, ...BOX });
    const beside = (id, of) => {
        const place = flow.places.find((one) => one.id === id);
        if (place) spots.set(id, { place, row: spots.get(of).row, isSide: true, ...SIDE });
    };
    beside('edit', 'confirm');
    beside('failed', 'completed');
    for (const spot of spots.values()) Object.assign(spot, { top: 8 + spot.row * (BOX.height + GAP), middle: 8 + spot.row * (BOX.height + GAP) + BOX.height / 2 });
    return { spots, height: 16 + row * (BOX.height + GAP) - GAP };
}

function boxOf({ place, left, top, width, height, isSide }) {
    const middle = left + width / 2;
    const label = shorten(place.label.replaceAll('_', ' '), isSide ? MOST_SIDE_LETTERS : MOST_LETTERS);
    const here = place.here === null ? '' : isSide ? count(place.here) : `${count(place.here)} ${place.is_question ? 'are here now' : ''}`.trim();
    return draw('g', { class: place.is_question ? 'place question' : 'place' }, draw('title', {}, place.title),
        draw('rect', { x: left, y: top, width, height, rx: 12 }),
        draw('text', { x: middle, y: top + (here ? 19 : 28), class: 'label' }, label),
        ...(here ? [draw('text', { x: middle, y: top + 37, class: 'here' }, here)] : []));
}

/* All ways between the same two places are one arrow, as thick as many went it. */
function downOf(from, to, ways, most) {
    const total = ways.reduce((sum, way) => sum + (way.count ?? 0), 0);
    const top = from.top + from.height;
    const labels = ways.map((way) => (way.kind === 'on' ? count(way.count) : `${count(way.count)} ${shorten(way.title, 16)}`));
    return draw('g', { class: 'way' }, draw('title', {}, `${total} from ${from.place.label} to ${to.place.label}`),
        draw('path', { d: `M${MIDDLE} ${top}V${to.top - 9}`, 'stroke-width': (1.5 + 3 * total / Math.max(1, most)).toFixed(1), 'marker-end': 'url(#tip)' }),
        ...labels.map((label, i) => draw('text', { x: MIDDLE + 12, y: top + GAP / 2 + 4 + (i - (labels.length - 1) / 2) * 15, class: i ? 'count soft' : 'count' }, label)));
}

function backOf(from, to) {
    const far = BOX.left - 34;
    return draw('path', { class: 'aside', d: `M${BOX.left} ${from.middle - 10}C${far} ${from.middle - 12} ${far} ${to.middle + 12} ${BOX.left - 8} ${to.middle + 10}`, 'marker-end': 'url(#side-tip)' });
}

/* From the choice of what to change up to each answer, and back. */
function changesOf(edit, steps) {
    const at = edit.left + edit.width / 2;
    const highest = Math.min(...steps.map((step) => step.middle));
    return [draw('path', { class: 'aside', d: `M${at} ${edit.top}V${highest}` }),
        ...steps.map((step) => draw('path', { class: 'aside', d: `M${at} ${step.middle}H${RIGHT + 8}`, 'marker-end': 'url(#side-tip)' })),
        draw('path', { class: 'aside', d: `M${RIGHT} ${edit.middle}H${edit.left - 8}`, 'marker-end': 'url(#side-tip)' })];
}

function failureOf(from, failed, way) {
    const at = failed.left + failed.width / 2;
    return [draw('path', { class: 'failing', d: `M${RIGHT} ${from.middle}H${at}V${failed.top - 9}`, 'marker-end': 'url(#fail-tip)' }),
        draw('text', { x: at + 8, y: failed.top - 14, class: 'count' }, count(way.count))];
}

function waysOf(flow, spots) {
    const most = Math.max(1, ...flow.ways.map((way) => way.count ?? 0));
    const between = new Map();
    for (const way of flow.ways) {
        const key = `${way.from} ${way.to}`;
        between.set(key, [...(between.get(key) ?? []), way]);
    }
    const pieces = [];
    for (const ways of between.values()) {
        const [from, to] = [spots.get(ways[0].from), spots.get(ways[0].to)];
        const down = ways.filter((way) => way.kind === 'on' || way.kind === 'unknown' || way.kind === 'skip');
        if (down.length) pieces.push(downOf(from, to, down, most));
        if (ways.some((way) => way.kind === 'back')) pieces.push(backOf(from, to));
        const failing = ways.find((way) => way.kind === 'fail');
        if (failing) pieces.push(...failureOf(from, to, failing));
    }
    const edit = spots.get('edit');
    const changed = flow.ways.filter((way) => way.from === 'edit' && way.to !== 'confirm').map((way) => spots.get(way.to));
    return edit ? [...pieces, ...changesOf(edit, changed)] : pieces;
}

const tip = (id) => draw('marker', { id, viewBox: '0 0 8 8', refX: 1, refY: 4, markerWidth: 10, markerHeight: 10, markerUnits: 'userSpaceOnUse', orient: 'auto' },
    draw('path', { d: 'M0 0L8 4L0 8Z' }));

/** The drawing of one flow, as GET admin/api/flow tells it. */
function drawFlow(flow) {
    const { spots, height } = layOut(flow);
    return draw('svg', { class: 'flow', viewBox: `0 0 ${SHEET} ${height}`, role: 'img', 'aria-label': `The flow ${flow.id}, drawn. The table beside it tells the same.` },
        draw('defs', {}, tip('tip'), tip('side-tip'), tip('fail-tip')), ...waysOf(flow, spots), ...[...spots.values()].map(boxOf));
}
