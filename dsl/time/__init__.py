"""Dates without a deal: calendars, day counts, schedules, the timeline and the clocks on it."""
