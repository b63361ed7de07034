// Do the public tables keep good rows, and do views, trigger and cleanup do what they say?

import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startPostgres } from '../support/postgres.mjs';

const MIGRATION = { file: new URL('../../sql/supabase_migration_instant_onboarding.sql', import.meta.url) };

let pg;

before(async () => {
    pg = await startPostgres();
    await pg.psql(MIGRATION);
});
after(() => pg?.stop());
beforeEach(() => pg.psql('truncate instant_onboarding_sessions cascade'));

const insert = (columns, values) => pg.psql(`insert into instant_onboarding_sessions (session_key, channel, ${columns})
    values ('test_' || gen_random_uuid()::text, 'web', ${values})`);

test('a row inserted by hand has sane defaults', async () => {
    const [row] = await pg.rows(`insert into instant_onboarding_sessions (session_key, channel)
        values ('exactly-22-characters-', 'whatsapp') returning *, created_at = updated_at as untouched`);
    const { id, created_at: createdAt, updated_at: updatedAt, ...rest } = row;
    assert.match(id, /^[0-9a-f-]{36}$/);
    assert.ok(Math.abs(Date.parse(createdAt) - Date.now()) < 60_000);
    assert.equal(updatedAt, createdAt);
    assert.deepEqual(rest, {
        session_key: 'exactly-22-characters-', channel: 'whatsapp', status: 'started', language: 'en', user_id: null,
        phone_number: null, collected_data: {}, current_step: 0, steps_completed: [], chart_generated: false,
        completed_at: null, untouched: true,
    });
});

test('a profile inserted by hand gets its name and goes with its session, which has no second one', async () => {
    await insert('language', `'en'`);
    const add = `insert into instant_onboarding_profiles (session_id, channel) select id, channel from instant_onboarding_sessions`;
    const [row] = await pg.rows(`${add} returning profile_id, viewed_chart, shared_chart, converted_to_full_user`);
    assert.match(row.profile_id, /^[0-9a-f-]{36}$/);
    assert.deepEqual([row.viewed_chart, row.shared_chart, row.converted_to_full_user], [false, false, false]);
    await assert.rejects(pg.psql(add), /profiles_session_id_key/);
    await pg.psql('delete from instant_onboarding_sessions');
    assert.equal(await pg.psql('select count(*) from instant_onboarding_profiles'), '0');
});

test('what could harm the gateway or the views is refused', async () => {
    await assert.rejects(pg.psql(`insert into instant_onboarding_sessions (session_key, channel) values ('only-21-characters-xx', 'web')`),
        /session_key_length/);
    for (const [columns, values, constraint] of [
        ['collected_data', `'[]'`, 'collected_data_object'],
        ['collected_data', `'"text"'`, 'collected_data_object'],
        ['collected_data', `'null'`, 'collected_data_object'],
        ['collected_data', `jsonb_build_object('name', repeat('x', 17000))`, 'collected_data_object'],
        ['steps_completed', `'{}'`, 'steps_completed_array'],
        ['steps_completed', `jsonb_build_array(repeat('x', 9000))`, 'steps_completed_array'],
        ['current_step', '-1', 'current_step_positive'],
        ['language', `''`, 'language_tag'],
        ['language', `'en; drop'`, 'language_tag'],
        ['language', `repeat('en-', 12) || 'x'`, 'language_tag'],
        ['phone_number', `repeat('1', 65)`, 'phone_number_length'],
        ['updated_at', `'infinity'`, 'times_finite'],
        ['created_at', `'-infinity'`, 'times_finite'],
        ['completed_at', `'infinity'`, 'times_finite'],
    ]) {
        await assert.rejects(insert(columns, values), new RegExp(constraint), `${columns} = ${values}`);
    }
    for (const [columns, values] of [
        ['collected_data', `jsonb_build_object('name', repeat('x', 16000))`],
        ['language', `'hi-IN'`], ['language', `'zh_Hant'`], ['phone_number', `'+91 98765 43210'`],
    ]) {
        await insert(columns, values);
    }
});

test('updated_at is later after every change, also within a transaction and against the clock', async () => {
    await insert('updated_at', `now() + interval '1 year'`);
    await insert('updated_at', `now() - interval '1 year'`);
    const later = await pg.psql(`
        create temporary table seen (turn int, id uuid, at timestamptz);
        begin;
        insert into seen select 0, id, updated_at from instant_onboarding_sessions;
        ${[1, 2, 3, 4, 5].map((turn) => `
            update instant_onboarding_sessions set updated_at = 'epoch', current_step = ${turn};
            insert into seen select ${turn}, id, updated_at from instant_onboarding_sessions;`).join('')}
        commit;
        select count(*) filter (where now.at > before.at), count(*) from seen now
        join seen before on before.id = now.id and before.turn = now.turn - 1;`);
    assert.equal(later, '10|10');
    const [past] = await pg.rows(`select max(updated_at) filter (where updated_at < now() + interval '1 day') as at
        from instant_onboarding_sessions`);
    assert.ok(Math.abs(Date.parse(past.at) - Date.now()) < 60_000, 'it is the time of the change');
});

test('a turn\'s update is HOT: it touches no index', async () => {
    const sessions = 64;
    const turns = 10;
    await pg.psql(`insert into instant_onboarding_sessions (session_key, channel, status)
        select 'session-of-the-test-no-' || n, 'sms', 'collecting_data' from generate_series(100, ${99 + sessions}) n;
        select pg_stat_reset_single_table_counters('instant_onboarding_sessions'::regclass);`);
    const turn = (step, n) => `update instant_onboarding_sessions set current_step = ${step},
        steps_completed = steps_completed || '["step_${step}"]', collected_data = collected_data || '{"field_${step}": "an answer of some length"}'
        where session_key = 'session-of-the-test-no-${n}';`;
    const script = [];
    for (let step = 1; step <= turns; step++) {
        for (let n = 100; n < 100 + sessions; n++) {
            script.push(turn(step, n));
        }
    }
    await pg.psql(script.join('\n'));

    const counted = () => pg.rows(`select n_tup_upd as all, n_tup_hot_upd as hot from pg_stat_user_tables
        where relname = 'instant_onboarding_sessions'`);
    let [updates] = await counted();
    for (let tries = 0; updates.all < sessions * turns && tries < 100; tries++) {
        await sleep(50);  // the server publishes its counters when the session has ended
        [updates] = await counted();
    }
    assert.equal(updates.all, sessions * turns);
    assert.ok(updates.hot / updates.all > 0.85, `${updates.hot} of ${updates.all} updates were HOT`);
});

test('session statistics count by UTC day, channel, status and language, for 30 days', async () => {
    const day = `date_trunc('day', now() at time zone 'UTC') at time zone 'UTC' - interval '2 days'`;
    const session = (channel, status, language, at, seconds, chart) => `
        insert into instant_onboarding_sessions (session_key, channel, status, language, created_at, completed_at, chart_generated)
        select 'test_' || gen_random_uuid()::text, '${channel}', '${status}', '${language}', at,
            at + ${seconds} * interval '1 second', ${chart} from (select ${at} as at) moment;`;
    await pg.psql([
        session('web', 'completed', 'en', `${day} + interval '00:00:01'`, 60, true),
        session('web', 'completed', 'en', `${day} + interval '23:59:58'`, 95, true),
        session('web', 'completed', 'en', `${day} + interval '12:00'`, 90, false),
        session('web', 'collecting_data', 'en', `${day} + interval '12:00'`, null, false),
        session('web', 'completed', 'hi', `${day} + interval '23:30'`, 30.5, true),
        session('sms', 'completed', 'en', `${day} + interval '24:00'`, 10, true),
        session('voice', 'failed', 'en', `now() - interval '29 days 23 hours'`, null, false),
        session('voice', 'failed', 'en', `now() - interval '30 days 1 hour'`, null, false),
    ].join(''));

    for (const zone of ['UTC', 'Asia/Kolkata', 'America/Los_Angeles']) {
        const rows = await pg.psql(`set timezone = '${zone}';
            select channel, status, language, session_count, avg_duration_seconds, charts_generated,
                date - (now() at time zone 'UTC')::date from instant_onboarding_session_stats
            where channel <> 'voice' order by date, channel, language, status;`);
        assert.deepEqual(rows.split('\n'), [
            'web|collecting_data|en|1||0|-2',
            'web|completed|en|3|81.67|2|-2',
            'web|completed|hi|1|30.50|1|-2',
            'sms|completed|en|1|10.00|1|-1',
        ], zone);
    }
    assert.equal(await pg.psql(`select sum(session_count) from instant_onboarding_session_stats where channel = 'voice'`), '1',
        'of the two old ones only the one within 30 days');
});

test('conversion metrics count charts by UTC day, channel and language', async () => {
    await pg.psql(`
        insert into instant_onboarding_sessions (session_key, channel, language)
            select 'session-of-the-test-no-' || n, (array['web', 'sms'])[1 + n / 4]::onboarding_channel, 'hi' from generate_series(1, 4) n;
        insert into instant_onboarding_profiles
            (session_id, channel, time_taken_seconds, viewed_chart, shared_chart, converted_to_full_user, created_at)
        select id, channel, seconds, viewed, shared, converted, '2026-03-01 23:30:00+00'::timestamptz + after
        from (values (1, 60, true, true, true, interval '0'), (2, 70, true, false, false, interval '29 minutes'),
                     (3, null, false, false, false, interval '1 minute'), (4, 100, true, false, true, interval '30 minutes'))
            as made (n, seconds, viewed, shared, converted, after)
        join instant_onboarding_sessions on session_key = 'session-of-the-test-no-' || n;`);
    const rows = await pg.psql(`set timezone = 'Asia/Kolkata';
        select channel, language, total_profiles, viewed_count, shared_count, converted_count, avg_time_seconds,
            view_rate, share_rate, conversion_rate, date from instant_onboarding_conversion_metrics order by date;`);
    assert.deepEqual(rows.split('\n'), [
        'web|hi|3|2|1|1|65.00|66.67|33.33|33.33|2026-03-01',
        'sms|hi|1|1|0|1|100.00|100.00|0.00|100.00|2026-03-02',
    ]);
});

test('cleanup deletes what is neither completed nor failed and untouched for 7 days, and says how many', async () => {
    for (const status of ['started', 'collecting_data', 'generating_chart', 'completed', 'failed']) {
        await insert('status, updated_at', `'${status}', now() - interval '7 days 1 minute'`);
        await insert('status, updated_at, created_at', `'${status}', now() - interval '6 days 23 hours', now() - interval '1 year'`);
    }
    assert.deepEqual(await pg.rows('select cleanup_expired_onboarding_sessions() as deleted'), [{ deleted: 3 }]);
    assert.equal(await pg.psql(`select string_agg(status::text, ' ' order by status) from instant_onboarding_sessions
        where updated_at < now() - interval '7 days'`), 'completed failed');
    assert.equal(await pg.psql('select count(*) from instant_onboarding_sessions'), '7');
    assert.deepEqual(await pg.rows('select cleanup_expired_onboarding_sessions() as deleted'), [{ deleted: 0 }]);
});
