"""What lies on a clerk's desk: preferences, saved lists, drafts, notices, jobs, exports."""
