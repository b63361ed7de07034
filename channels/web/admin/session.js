// What was said in this conversation, and what can be done about it?

function showSession(place, id) {
    place.append(make('div', { class: 'head' }, make('h2', {}, `Session ${id}`)));
}
