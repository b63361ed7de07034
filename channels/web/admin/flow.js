// What does the conversation look like, and how many of those who began today went which way?

const WAYS = { on: 'on', unknown: 'not known', skip: 'left out', back: 'back', change: 'change', fail: 'failed' };

const nameOf = (flow, id) => flow.places.find((place) => place.id === id).label.replaceAll('_', ' ');

function waysTable(flow, caption, ways, more) {
    return table({
        caption, rows: ways, columns: [
            { name: 'From', value: (way) => nameOf(flow, way.from) },
            { name: 'To', value: (way) => nameOf(flow, way.to) },
            { name: 'Way', value: (way) => WAYS[way.kind] },
            ...more,
        ],
    });
}

const TODAY = { name: 'Today', value: (way) => way.count, cell: (way) => count(way.count), isNumber: true };

function placesTable(flow) {
    return table({
        caption: 'Places, and how many stand there now', rows: flow.places, columns: [
            { name: 'Place', value: (place) => nameOf(flow, place.id) },
            { name: 'Now', value: (place) => place.here, cell: (place) => (place.here === null ? '–' : count(place.here)), isNumber: true },
            { name: 'What is said', value: (place) => (place.is_question ? place.title : '') },
        ],
    });
}

async function showFlow(place, argument) {
    const { flows } = await call('GET', 'flow');
    const flow = flows.find(({ id }) => id === argument) ?? flows.toSorted((a, b) => b.sessions - a.sessions || (b.id === 'instant_onboarding') - (a.id === 'instant_onboarding'))[0];
    const menu = make('select', { onchange: () => { location.hash = `#/flow/${encodeURIComponent(menu.value)}`; } },
        ...flows.map(({ id }) => make('option', { value: id, selected: id === flow.id }, named(id))));
    place.append(make('div', { class: 'head' }, make('h2', {}, 'Flow'), make('div', { class: 'filters' }, make('label', {}, 'Flow', menu))),
        make('p', { class: 'hint apart' }, `${counted(flow.sessions, 'session', 'sessions')} began today (since midnight UTC). Numbers on the arrows say how many of them went that way; of steps back and of changes no count is kept.`),
        make('div', { class: 'cards drawn' }, make('section', { class: 'card' }, drawFlow(flow)),
            make('section', { class: 'card steady' }, waysTable(flow, 'Ways, and how many went them today', flow.ways.filter((way) => way.count !== null), [TODAY]), placesTable(flow),
                make('details', {}, make('summary', {}, 'Ways that are not counted'), waysTable(flow, 'Steps back and changes', flow.ways.filter((way) => way.count === null), [])))));
}
