-- Erases the person of a session. $1 the session, $2 who does it, $3 why. false: there is no such session.
select frontdesk.desk_erase($1::text::uuid, $2::text, $3::text)::text
