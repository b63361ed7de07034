// What is going on right now?

function showOverview(place) {
    place.append(make('div', { class: 'head' }, make('h2', {}, 'Overview')));
}
