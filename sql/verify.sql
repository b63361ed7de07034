-- Did the public migration arrive whole?
--
-- One row: Migration Complete! | 2 | 13 | 9. Unlike the counts of information_schema.tables, views are not
-- tables here. Reads only; runs as the owner of the tables.

select
    case when tables_created = 2 and indexes_created = 13 and policies_created = 9
         then 'Migration Complete!'
         else 'Migration incomplete'
    end as status,
    tables_created,
    indexes_created,
    policies_created
from (
    select
        (select count(*) from pg_catalog.pg_tables
         where schemaname = 'public' and tablename like 'instant\_onboarding%') as tables_created,
        (select count(*) from pg_catalog.pg_indexes
         where schemaname = 'public' and tablename like 'instant\_onboarding%') as indexes_created,
        (select count(*) from pg_catalog.pg_policies
         where schemaname = 'public' and tablename like 'instant\_onboarding%') as policies_created
) counted;
