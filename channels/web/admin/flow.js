// How does the conversation branch, and who went where today?

function showFlow(place) {
    place.append(make('div', { class: 'head' }, make('h2', {}, 'Flow')));
}
