// Ids and moments may hold any digits, those of somebody's birth too: what is looked through for personal data goes
// without them.
export const withoutIdsAndTimes = (text) => text
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi, 'ID')
    .replace(/20\d\d-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?/g, 'TIME');
