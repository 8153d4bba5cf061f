"""Rules of shape that a lesson keeps, each by a name: headings, figures, lengths, stubs."""
