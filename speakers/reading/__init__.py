"""What the public reads: who is on stage and who hosts, by letter, in pages and by a search. Reads only."""
