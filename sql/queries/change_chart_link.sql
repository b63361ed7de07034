select frontdesk.change_chart_link($1::uuid, $2::text, $3::text)
