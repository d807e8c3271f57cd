"""How often the public simulator is used, by day and corridor: all that is kept of it."""

from admin_views.columns import Column
from admin_views.criteria import Filter
from admin_views.grid import Grid
from app.domain.permissions import Capability
from app.models.simulation_counts import SimulationCount
from app.services import formats


class PublicSimulations(Grid):
    capability = Capability.READ_SIMULATIONS
    model = SimulationCount
    title = "Simulations publiques"
    columns = (
        Column("day", SimulationCount.day, shown=formats.day),
        Column("corridor_code", SimulationCount.corridor_code),
        Column("count", SimulationCount.count, numeric=True),
    )
    filters = (Filter("couloir", "Couloir", SimulationCount.corridor_code),)
