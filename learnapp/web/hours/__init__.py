"""Study rules in words, and the pages on which a committee changes them."""
