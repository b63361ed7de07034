// How does a test hear a stream of server-sent events?
//
//     const stream = await listen(`${gateway.url}/admin/api/live?what=overview`, { cookie });
//     const document = await stream.next((now) => now.outbox.failed > 0);
//     stream.close();

import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { until } from './until.mjs';

/** Resolves once the answer has begun. `heard` gathers the documents; `ended` tells that the other side closed. */
export function listen(url, headers = {}) {
    return new Promise((resolve, reject) => {
        const request = httpRequest(url, { headers, agent: false }, (response) => {
            const stream = { status: response.statusCode, headers: response.headers, heard: [], ended: false, close: () => request.destroy() };
            let rest = '';
            response.setEncoding('utf8').on('data', (text) => {
                const events = (rest + text).split('\n\n');
                rest = events.pop();
                for (const event of events) if (event.startsWith('data: ')) stream.heard.push(JSON.parse(event.slice(6)));
            });
            response.on('error', () => {});
            response.on('close', () => { stream.ended = true; });
            /** The newest document, once it is as wanted. */
            stream.next = (isWanted = () => true) => until(() => {
                assert.ok(!stream.ended, 'the stream ended');
                return stream.heard.length > 0 && isWanted(stream.heard.at(-1)) && stream.heard.at(-1);
            }, 'an event as wanted');
            resolve(stream);
        });
        request.on('error', reject);
        request.end();
    });
}
