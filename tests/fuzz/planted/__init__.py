"""Be wrong on purpose: a search that finds none of these finds nothing."""
