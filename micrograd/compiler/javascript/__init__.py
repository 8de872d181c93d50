"""The target `javascript`: straight-line code for a page, in the doubles that ECMAScript and Python share."""
