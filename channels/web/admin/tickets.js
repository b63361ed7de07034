// Who waits for a person?

function showTickets(place) {
    place.append(make('div', { class: 'head' }, make('h2', {}, 'Tickets')));
}
