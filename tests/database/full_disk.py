"""A server that says that its disk is full, where no small disk can be mounted."""

SAY_FULL = "do $$ begin raise exception 'No space left' using errcode = '53100'; end $$"
