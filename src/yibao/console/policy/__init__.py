"""The policy lab: rules with their articles, proposals, open settings, simulations, history."""
