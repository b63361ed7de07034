// How does a test read the API's description, and hold an answer to it?
//
//     const api = await describedBy(gateway);
//     api.holds(answer, 'post', '/api/v2/instant-onboarding/session/start');   // its status, type, body, headers

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import addFormats from 'ajv-formats';
import Ajv from 'ajv/dist/2020.js';
import { ask } from './request.mjs';

export const ONBOARDING = '/api/v2/instant-onboarding';
/** Every operation may be answered so by the rules of HTTP; the document says it once. */
const OF_HTTP = new Set([405, 408, 411, 413, 415, 431]);

const libraries = fileURLToPath(new URL('../../channels/web/libraries/node_modules', import.meta.url));

/** For house.start({ settings }): the gateway runs elsewhere, Swagger UI and uPlot are in the checkout. */
export function withLibraries(yaml) {
    assert.ok(existsSync(libraries), 'Swagger UI and uPlot are not installed: npm ci in channels/web/libraries');
    assert.match(yaml, /^libraries: .*$/m);
    return yaml.replace(/^libraries: .*$/m, `libraries: ${libraries}`);
}

export async function describedBy(gateway) {
    return new Description((await ask(`${gateway.url}/openapi.json`)).json());
}

export class Description {
    constructor(document) {
        this.document = document;
        this.ajv = addFormats(new Ajv({ strict: false, allErrors: true, validateSchema: false }));
        this.ajv.addSchema(document, 'api');
    }

    /** What "#/components/…" names, or the thing itself. */
    at(thing) {
        if (!thing?.$ref) return thing;
        const found = thing.$ref.slice(2).split('/').reduce((value, key) => value?.[key], this.document);
        assert.ok(found, `${thing.$ref} is not there`);
        return found;
    }

    /** [path, method, operation] of all. */
    operations() {
        return Object.entries(this.document.paths).flatMap(([path, item]) => Object.entries(item)
            .filter(([method]) => method !== 'parameters').map(([method, operation]) => [path, method, operation]));
    }

    /** Fails unless the value is as described; one that has a name of its own has no further members. */
    fits(value, schema, what) {
        const local = JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"api#/'));
        const check = this.ajv.compile(schema.$ref ? { ...local, unevaluatedProperties: false } : local);
        assert.ok(check(value), `${what}: ${this.ajv.errorsText(check.errors)}\n${JSON.stringify(value).slice(0, 1000)}`);
    }

    holds({ status, headers, text }, method, path) {
        const what = `${method.toUpperCase()} ${path}: ${status}`;
        const operation = this.document.paths[path]?.[method];
        assert.ok(operation, `${method} ${path} is not described`);
        const response = this.at(operation.responses[status] ?? (OF_HTTP.has(status) && this.document.components.responses.MediaType));
        assert.ok(response, `${what} is not described; it said ${text}`);
        for (const name of Object.keys(response.headers ?? {})) assert.ok(headers[name.toLowerCase()], `${what}: no ${name}`);
        if (!response.content) return;
        const type = headers['content-type'].split(';')[0];
        assert.ok(response.content[type], `${what}: ${type} is not described`);
        if (/json$/.test(type)) this.fits(JSON.parse(text), response.content[type].schema, what);
    }
}
