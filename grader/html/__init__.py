"""Make pages of data: words, numbers, the lesson's headings, the templates."""
