"""What must be known when the deal is read: schedules, single dates, day counts, whole numbers."""
