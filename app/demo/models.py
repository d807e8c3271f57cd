"""Which models of documents are judged in the demo world? Those of the hospital's supplier, enrolled in wave 2 too."""

import io

from app.demo import deposits, enrolling, people
from app.demo.ground import World
from app.extensions import db
from app.services import document_models

ANS = "bnd52qq602"


def send(world: World) -> None:
    """His second enrolment, then three models: accepted, rejected, one that still waits."""
    user, officer = world.users[people.B.username], world.actor("gestionnaire1")
    enrolling.enrol_again(people.B, ANS, 2, user, officer)
    assert user.supplier is not None
    kinds = [one.code for one in document_models.kinds_of(user.supplier.id)]
    names = ("modele-bdc.pdf", "modele-va.pdf", "modele-va-corrige.pdf")
    made = [
        document_models.add(user.supplier, kind, (name, io.BytesIO(deposits.readable_pdf(name))), user)
        for name, kind in zip(names, (*kinds, kinds[-1]), strict=True)
    ]
    document_models.send(user.supplier, user)
    document_models.accept(made[0], "", made[0].version, officer)
    document_models.reject(made[1], "Le numéro ANS du logiciel manque en page 1.", made[1].version, officer)
    db.session.commit()
