"""One page of numbers over a range of dates, for the screen, for paper and for a spreadsheet."""
