// How does an operator do something that changes or reveals? By a dialog that says what will happen and asks why.

const WHY_MOST = 500;

/**
 * { title, words, fields: elements to show above the reason, button, isBad: it can't be taken back, send(why) }. Closes
 * once send has succeeded and gives what it gave, or null when the operator thought better of it. When send fails, its
 * words are shown and everything that was typed stays.
 */
function act({ title, words, fields = [], button, isBad = false, send }) {
    return new Promise((resolve) => {
        const why = make('textarea', { required: true, maxlength: WHY_MOST });
        const trouble = make('p', { class: 'trouble', role: 'alert' });
        const confirm = make('button', { type: 'submit', class: isBad ? 'main bad' : 'main' }, button);
        const cancel = make('button', { type: 'button', onclick: () => dialog.close() }, 'Cancel');
        let result = null;
        const form = make('form', { onsubmit: submit }, make('h2', {}, title), make('p', {}, words), ...fields,
            make('label', {}, 'Why? It is written to the audit log.', why), trouble, make('div', { class: 'row' }, cancel, confirm));
        const dialog = make('dialog', { 'aria-label': title, onclose: () => { dialog.remove(); resolve(result); } }, form);

        async function submit(event) {
            event.preventDefault();
            confirm.disabled = true;
            trouble.textContent = '';
            try {
                result = await send(why.value.trim());
                dialog.close();
            } catch (problem) {
                trouble.textContent = problem.message;
            }
            confirm.disabled = false;
        }
        document.body.append(dialog);
        dialog.showModal();
    });
}
