-- Which place was meant by a name that nobody wrote down like that? Every name by its sound, for slips of the finger and
-- spellings by ear, and the names that the operator adds.

-- Any schema will do where it is there already; `frontdesk migrate --rollback` leaves it behind.
create extension if not exists pg_trgm with schema frontdesk;

create table frontdesk.place_sounds (
    sound      text collate "C" not null check (sound <> ''),
    place_id   bigint           not null,
    population bigint           not null,
    primary key (sound, place_id) include (population)
);
comment on table frontdesk.place_sounds is 'How the names of places sound, without blanks. Those of other scripts than ours are not here.';
comment on column frontdesk.place_sounds.sound is 'As src/understand/place_sound.c spells it.';
comment on column frontdesk.place_sounds.place_id is 'Whose name it is.';
comment on column frontdesk.place_sounds.population is 'The place''s, kept here too, to rank by.';

alter table frontdesk.regions add column sound text collate "C" not null default '';
create index regions_sound on frontdesk.regions (sound) where sound <> '';
comment on column frontdesk.regions.sound is 'How the name sounds; empty for codes and other scripts.';

create table frontdesk.place_aliases (
    folded   text collate "C" not null,
    place_id bigint           not null,
    sound    text             not null,
    primary key (folded, place_id)
);
comment on table frontdesk.place_aliases is 'Names that the operator added: frontdesk places import --aliases FILE.';
comment on column frontdesk.place_aliases.folded is 'The name as the normaliser folds it.';
comment on column frontdesk.place_aliases.place_id is 'Whose name it is; may be unknown to the present list of places.';
comment on column frontdesk.place_aliases.sound is 'How it sounds; may be empty.';

-- The extension's own schema may be any, so the operator % and the index are named where it is known. A similarity of 0.45
-- finds names two or three slips away; below, a third of all names is looked through.
-- The gateway's connection knows exact look-ups only and has bitmap scans off, which are all that the index can do.
do $$
declare
    home name := (select s.nspname from pg_catalog.pg_extension e
                  join pg_catalog.pg_namespace s on s.oid = e.extnamespace where e.extname = 'pg_trgm');
begin
    -- A function, because loading into an empty table goes without it, many times as fast.
    execute format($function$
        create function frontdesk.index_place_sounds() returns void language sql
        as 'create index if not exists place_sounds_trigrams on frontdesk.place_sounds using gin (sound %I.gin_trgm_ops)'
        $function$, home);
    perform frontdesk.index_place_sounds();
    -- Loads the library, which declares its setting.
    execute format('select %I.similarity(''a'', ''b'')', home);
    execute format($function$
        create function frontdesk.sounds_like(asked text)
        returns table (sound text, place_id bigint, population bigint)
        language sql stable set search_path = %I, pg_catalog set pg_trgm.similarity_threshold = 0.45
        set enable_bitmapscan = on
        as 'select n.sound, n.place_id, n.population from frontdesk.place_sounds n
            where n.sound %% asked order by similarity(n.sound, asked) desc, n.population desc limit 20'
        $function$, home);
end $$;
comment on function frontdesk.index_place_sounds is 'Makes the trigram index where it is missing.';
comment on function frontdesk.sounds_like is 'The names most like this sound by their trigrams.';
