-- Where is that? The gazetteer: places, every name of each, and regions. Filled by `frontdesk places import`.
-- Names are stored as the gateway's own normaliser folds them, so that a search compares like with like.

create table frontdesk.places (
    id          bigint           primary key,
    name        text             not null,
    admin1_code text             not null,
    admin1      text             not null,
    country     char(2)          not null,
    latitude    double precision not null check (latitude between -90 and 90),
    longitude   double precision not null check (longitude between -180 and 180),
    population  bigint           not null check (population >= 0),
    timezone    text             not null
);
-- For the pins that people send; hamlets are left out, for nobody would name one.
create index places_coordinates on frontdesk.places (latitude, longitude) where population >= 10000;
comment on table frontdesk.places is 'Towns of the world over 1,000 people. Data: GeoNames, CC BY 4.0.';
comment on column frontdesk.places.id is 'GeoNames id; from 1,000,000,000 on our own.';
comment on column frontdesk.places.name is 'GeoNames'' name.';
comment on column frontdesk.places.admin1_code is 'GeoNames'' code of the state or province; may be empty.';
comment on column frontdesk.places.admin1 is 'Its name in English; may be empty.';
comment on column frontdesk.places.country is 'ISO 3166-1 alpha-2.';
comment on column frontdesk.places.latitude is 'Degrees, north positive.';
comment on column frontdesk.places.longitude is 'Degrees, east positive.';
comment on column frontdesk.places.population is 'People; 0 where unknown.';
comment on column frontdesk.places.timezone is 'IANA zone.';

-- Names are compared byte by byte (collation C), whatever the database's locale: so one index serves both the exact
-- search and the suggestions, which read it alone (INCLUDE) to find the most populous of thousands. No foreign key: only the
-- import writes here, which joins the places itself, and checking row by row would double its time.
create table frontdesk.place_names (
    folded     text collate "C" not null,
    place_id   bigint           not null,
    population bigint           not null,
    primary key (folded, place_id) include (population)
);
-- For suggestions after one or two letters, when ten thousands of names fit.
create index place_names_cities on frontdesk.place_names (folded) include (place_id, population)
    where population >= 100000;
comment on table frontdesk.place_names is 'Every name of a place: its own, ASCII, other languages, old, colloquial.';
comment on column frontdesk.place_names.folded is 'The name as the normaliser folds it.';
comment on column frontdesk.place_names.place_id is 'Whose name it is.';
comment on column frontdesk.place_names.population is 'The place''s, kept here too, to rank by.';

create table frontdesk.regions (
    folded      text collate "C" not null,
    country     char(2)          not null,
    admin1_code text             not null default '',
    name        text             not null,
    primary key (folded, country, admin1_code)
);
create index regions_code on frontdesk.regions (country, admin1_code);
comment on table frontdesk.regions is 'Countries, states and provinces by every name and code.';
comment on column frontdesk.regions.folded is 'A name or code as the normaliser folds it.';
comment on column frontdesk.regions.country is 'ISO 3166-1 alpha-2.';
comment on column frontdesk.regions.admin1_code is 'GeoNames'' code; empty for the whole country.';
comment on column frontdesk.regions.name is 'Its name in English.';
