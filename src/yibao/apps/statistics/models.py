"""Statistics keep no rows of their own yet: every figure is counted from the other apps."""
