import pickle

import pytest
from kernel import lifecycle
from kernel.errors import IllegalTransition
from kernel.lifecycle import Lifecycle

EDGES = {
    "RUN": "draft>done draft>failed",
    "CONTACT": "draft>planned planned>sending sending>sent sending>failed "
    "sending>in_doubt draft>cancelled planned>cancelled failed>cancelled "
    "failed>planned in_doubt>sent in_doubt>failed",
    "HOLD": "open>released open>expired",
    "POWER": "open>revoked",
    "OPT_OUT": "open>ended",
    "OBLIGOR": "open>ended",
    "DISPUTE": "open>upheld open>rejected open>withdrawn",
    "PROMISE": "open>closed open>cancelled",
    "AGREEMENT": "draft>requested draft>cancelled requested>draft requested>approved "
    "requested>rejected requested>cancelled approved>draft approved>offered "
    "approved>rejected approved>cancelled offered>draft offered>signed "
    "offered>rejected offered>cancelled signed>active signed>cancelled "
    "active>completed active>breached active>superseded completed>active "
    "completed>breached breached>active breached>completed breached>accelerated "
    "breached>superseded accelerated>superseded active>accelerated "
    "accelerated>active",
    "CHARGE": "assessed>waived waived>assessed assessed>reversed "
    "assessed>billed billed>assessed billed>reversed",
    "COST": "budget>advance budget>final budget>cancelled advance>final "
    "advance>cancelled",
    "LISTING": "draft>warned draft>demanded draft>running draft>eligible "
    "draft>approved draft>suspended draft>cancelled warned>draft warned>demanded "
    "warned>running warned>eligible warned>approved warned>suspended "
    "warned>cancelled demanded>draft demanded>warned demanded>running "
    "demanded>eligible demanded>approved demanded>suspended demanded>cancelled "
    "running>draft running>warned running>demanded running>eligible "
    "running>approved running>suspended running>cancelled eligible>draft "
    "eligible>warned eligible>demanded eligible>running eligible>approved "
    "eligible>suspended eligible>cancelled approved>draft approved>warned "
    "approved>demanded approved>running approved>eligible approved>suspended "
    "approved>submitted approved>cancelled suspended>draft suspended>warned "
    "suspended>demanded suspended>running suspended>eligible suspended>approved "
    "suspended>cancelled submitted>blocked submitted>visible submitted>rejected "
    "submitted>removal_requested submitted>error blocked>visible "
    "blocked>removal_requested blocked>error visible>removal_requested "
    "visible>error removal_requested>removed removal_requested>error "
    "error>blocked error>visible error>removal_requested error>removed",
    "LATE": "new>open new>none new>claimed open>new open>claimed open>left open>none "
    "claimed>new left>new left>open none>new",
    "ERASURE": "proposed>approved proposed>refused approved>done approved>refused",
    "PRIVACY": "received>answered received>refused received>withdrawn",
    "SUSPENSION": "proposed>noticed proposed>dropped noticed>proposed "
    "noticed>in_force noticed>dropped in_force>lifted",
    "DOCUMENT": "missing>received missing>not_applicable received>checked "
    "received>defective received>expired checked>received checked>defective "
    "checked>expired defective>received defective>not_applicable expired>received "
    "expired>not_applicable not_applicable>missing",
    "CUSTODY": "nowhere>received received>handed received>deposited "
    "received>given_back returned>handed returned>deposited returned>given_back "
    "handed>deposited handed>returned deposited>returned",
    "MANDATE": "draft>requested draft>valid draft>revoked requested>draft "
    "requested>valid requested>revoked valid>exhausted valid>expired valid>suspended "
    "valid>revoked exhausted>valid exhausted>revoked suspended>valid "
    "suspended>expired suspended>revoked",
    "DEBIT": "planned>notified planned>presented planned>cancelled notified>planned "
    "notified>presented notified>cancelled presented>paid presented>returned "
    "presented>refunded presented>cancelled paid>returned paid>refunded",
    "DEBIT_BATCH": "draft>presented draft>cancelled",
    "AGREEMENT_PAPER": "written>signed written>void signed>void",
    "CASE_MAIL": "waiting>filed waiting>discarded discarded>filed",
    "PROCEEDING": "draft>filed draft>cancelled filed>ended ended>filed",
    "CASE": "draft>review draft>cancelled review>draft review>open review>cancelled "
    "open>closed",
    "NEGOTIATION": "open>ended open>agreed ended>agreed",
    "MEASURE": "known>asked known>dropped asked>ordered asked>refused asked>dropped "
    "ordered>registered ordered>released ordered>realised registered>released "
    "registered>realised refused>asked",
    "JUDGMENT": "draft>given draft>cancelled given>firm given>revoked firm>revoked",
    "REALISATION": "draft>done draft>cancelled done>cancelled",
    "INSOLVENCY_CLAIM": "open>sent open>left sent>recognised sent>refused left>open",
    "LATER": "open>added open>separate open>left open>paid",
    "DEADLINE": "open>done open>missed open>closed open>cancelled missed>done "
    "done>open closed>open",
    "HEARING": "planned>held planned>adjourned planned>cancelled",
    "PLACEMENT": "draft>placed draft>cancelled placed>ended",
    "PROVISION_RUN": "draft>computed computed>draft computed>posted posted>reversed",
    "WRITE_OFF": "draft>requested draft>cancelled requested>draft requested>declared "
    "requested>refused requested>cancelled declared>approved declared>refused "
    "declared>cancelled approved>posted approved>cancelled posted>undone",
    "VAT_RELIEF": (
        "watched>left left>watched watched>booked booked>notified booked>restored "
        "notified>restored"
    ),
}
FINAL = {
    "RUN": "done failed",
    "CONTACT": "sent cancelled",
    "HOLD": "released expired",
    "OPT_OUT": "ended",
    "OBLIGOR": "ended",
    "DISPUTE": "upheld rejected withdrawn",
    "PROMISE": "closed cancelled",
    "AGREEMENT": "cancelled rejected superseded",
    "CHARGE": "reversed",
    "COST": "final cancelled",
    "LATE": "",
    "ERASURE": "refused done",
    "PRIVACY": "answered refused withdrawn",
    "MANDATE": "expired revoked",
    "DEBIT": "returned refunded cancelled",
    "DEBIT_BATCH": "presented cancelled",
    "SUSPENSION": "lifted dropped",
    "LISTING": "removed rejected cancelled",
    "AGREEMENT_PAPER": "void",
    "CASE": "closed cancelled",
    "CASE_MAIL": "filed",
    "PROCEEDING": "cancelled",
    "NEGOTIATION": "agreed",
    "LATER": "added separate left paid",
    "INSOLVENCY_CLAIM": "recognised refused",
    "DEADLINE": "cancelled",
    "HEARING": "held adjourned cancelled",
    "POWER": "revoked",
    "PLACEMENT": "ended cancelled",
    "WRITE_OFF": "refused cancelled undone",
    "MEASURE": "dropped released realised",
    "JUDGMENT": "cancelled revoked",
    "REALISATION": "cancelled",
    "DOCUMENT": "",
    "CUSTODY": "given_back",
    "PROVISION_RUN": "reversed",
    "VAT_RELIEF": "restored",
}


def test_every_lifecycle_of_the_kernel_is_tested():
    found = [name for name, it in vars(lifecycle).items() if isinstance(it, Lifecycle)]
    assert sorted(found) == sorted(EDGES)


@pytest.mark.parametrize("name", EDGES)
def test_no_state_is_unreachable(name):
    cycle = getattr(lifecycle, name)
    assert cycle.unreachable() == frozenset()
    assert cycle.initial in cycle.states


@pytest.mark.parametrize("name", EDGES)
def test_exactly_the_edges_of_the_architecture_are_allowed(name):
    cycle = getattr(lifecycle, name)
    allowed = {tuple(edge.split(">")) for edge in EDGES[name].split()}
    for source in cycle.states:
        for target in cycle.states:
            assert cycle.allows(source, target) is ((source, target) in allowed)
    assert cycle.states == {state for edge in allowed for state in edge}
    assert cycle.final == set(FINAL[name].split())


def test_a_contact_is_never_sent_without_sending():
    with pytest.raises(IllegalTransition) as caught:
        lifecycle.CONTACT.check("planned", "sent")
    error = pickle.loads(pickle.dumps(caught.value))
    found = error.lifecycle, error.source, error.target
    assert found == ("contact", "planned", "sent")
    assert lifecycle.CONTACT.check("sending", "sent") is None


def test_unknown_states_are_refused():
    with pytest.raises(IllegalTransition):
        lifecycle.HOLD.check("nowhere", "open")


def test_an_unreachable_state_is_found():
    island = Lifecycle("x", "a", {"a": frozenset("b"), "c": frozenset("bd")})
    assert island.unreachable() == {"c", "d"}
    assert island.final == {"b", "d"}
