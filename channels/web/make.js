// How is a piece of a page made? Shared by the widget and the simulator.

/** An element with attributes (`onclick` and the like are listeners) and children; a string is text, never markup. */
function make(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
        if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
        else if (value !== false) element.setAttribute(name, value === true ? '' : value);
    }
    element.append(...children);
    return element;
}

function isWebAddress(url) {
    return /^https?:\/\//i.test(url ?? '');
}
