// Who did what, when, and why?

function showAudit(place) {
    place.append(make('div', { class: 'head' }, make('h2', {}, 'Audit log')));
}
