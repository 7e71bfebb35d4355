"""The village agent's pages: made for a phone first, words first, big targets, no script needed."""
