"""Restrictions: what a customer may not do for now. Their money stays theirs, and money in still posts.

Words. A restriction is *full* (nothing at the customer's wish) or *debit only* (no money out, no buying). Its
*cause* is staff, a screening, a case, or an *order* of a court or a competent authority. Several may stand;
the strictest counts.

Guaranteed:
- placing and lifting wait for the customer's book, so that no posting decides on an old restriction;
- staff alone lifts only what staff placed; what a screening or an order caused takes two people, and what a
  case caused ends with the case: the database refuses everything else;
- a customer is frozen while a full restriction stands and they are verified, and active again after the last;
- every step stays, with who and when; what people wrote is sealed under the person's key.

Tables owned: restriction, restriction_step. Projects into facts.restriction.
"""
