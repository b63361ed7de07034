// How does a test ask the gateway over HTTP? Each request on a connection of its own, so that any worker may get it.
import { request as httpRequest } from 'node:http';

/**
 * Gives { status, headers, text, json() }. `body`: a Buffer or text as it stands, or an object as JSON.
 * Rejects when the connection breaks before an answer, or none comes in time.
 */
export function ask(url, { method = 'GET', headers = {}, body = null, patienceMs = 30_000 } = {}) {
    const isJson = body !== null && typeof body === 'object' && !Buffer.isBuffer(body);
    const bytes = body === null ? null : Buffer.from(isJson ? JSON.stringify(body) : body);
    const all = {
        ...(isJson ? { 'content-type': 'application/json' } : {}),
        ...(bytes ? { 'content-length': bytes.length } : {}),
        ...headers,
    };
    return new Promise((resolve, reject) => {
        const request = httpRequest(url, { method, headers: all, agent: false, timeout: patienceMs }, (response) => {
            const chunks = [];
            response.on('data', (chunk) => chunks.push(chunk));
            response.on('error', reject);
            response.on('end', () => {
                const text = Buffer.concat(chunks).toString();
                resolve({ status: response.statusCode, headers: response.headers, text, json: () => JSON.parse(text) });
            });
        });
        request.on('timeout', () => request.destroy(new Error(`no answer within ${patienceMs} ms`)));
        request.on('error', reject);
        request.end(bytes);
    });
}
