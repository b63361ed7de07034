select frontdesk.maintain()
