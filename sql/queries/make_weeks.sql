select frontdesk.make_weeks()
