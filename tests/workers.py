"""Which tests go together to one worker? The journeys, and first: one portal, one demo world, serve them all.

The `xdist_group` mark would say so, had pytest-xdist 3.8 not lost it: it writes the group into an attribute that pytest
9.2 no longer reads, so that each worker built a portal of its own.
"""

from xdist.scheduler import LoadGroupScheduling

JOURNEYS = "tests/journeys/"


class JourneysTogether(LoadGroupScheduling):
    """`--dist loadgroup`, each other test being given to the first worker that is free."""

    def _split_scope(self, nodeid: str) -> str:
        return JOURNEYS if nodeid.startswith(JOURNEYS) else str(super()._split_scope(nodeid))
