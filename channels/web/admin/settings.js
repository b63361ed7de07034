// What is on, what is missing, what is to be pasted where?

function showSettings(place) {
    place.append(make('div', { class: 'head' }, make('h2', {}, 'Settings')));
}
