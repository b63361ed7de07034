-- Where does a new gazetteer stand until it is known to be whole? In tables of this transaction alone.
set local statement_timeout = 0;
set local work_mem = '64MB';
set local maintenance_work_mem = '64MB';
create temporary table new_places (
    id          bigint           not null,
    name        text             not null,
    admin1_code text             not null,
    admin1      text             not null,
    country     char(2)          not null,
    latitude    double precision not null,
    longitude   double precision not null,
    population  bigint           not null,
    timezone    text             not null
) on commit drop;
-- `sound` is empty where the script has none of ours.
create temporary table new_names (folded text collate "C" not null, place_id bigint not null, sound text not null) on commit drop;
create temporary table new_regions (
    folded text collate "C" not null, country char(2) not null, admin1_code text not null, name text not null,
    sound text not null
) on commit drop;
