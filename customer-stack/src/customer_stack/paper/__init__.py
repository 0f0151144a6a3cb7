"""Documents on paper: what a report says, in blocks, drawn as PDF in the style of the house.

A module that has something to show builds a `Paper` of headings, paragraphs, facts, tables and charts, and
gets bytes. Nothing here knows what the words and numbers mean, and nothing here reads a clock.

Guaranteed:
- the same blocks give the same bytes, on any day and any machine;
- every page has its number and how many there are; a table that goes on has its head again, and a heading
  never stands alone at the foot of a page;
- numbers are integers in their smallest unit; a gap in a series is drawn as a gap, never as zero;
- a state is said in a word and in a colour, never in a colour alone.

Tables owned: none.
"""
