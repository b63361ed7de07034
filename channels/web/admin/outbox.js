// What waits to be said, and why?

function showOutbox(place) {
    place.append(make('div', { class: 'head' }, make('h2', {}, 'Outbox')));
}
