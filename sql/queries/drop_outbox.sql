-- Gives messages up that wait: one by id, or all of a channel.
select frontdesk.drop_outbox(array(
    select o.id from frontdesk.outbox o
    where o.state = 'waiting' and (o.id = nullif($1, '')::bigint or o.channel::text = nullif($2, ''))))::text
