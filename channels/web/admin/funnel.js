// How far do people come, where do they give up, how long does it take?

function showFunnel(place) {
    place.append(make('div', { class: 'head' }, make('h2', {}, 'Funnel')));
}
