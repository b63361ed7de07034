// Which conversations are there?

function showSessions(place) {
    place.append(make('div', { class: 'head' }, make('h2', {}, 'Sessions')));
}
