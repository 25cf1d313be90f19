"""From a hook's spool to a story: select, replay, link, attribute. Pure functions over values, a worker around them."""
