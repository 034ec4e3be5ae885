"""States as data: which changes a record may make."""

from collections.abc import Mapping
from dataclasses import dataclass

from .errors import IllegalTransition


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """The states of one kind of record and the changes allowed between them."""

    name: str
    initial: str
    edges: Mapping[str, frozenset[str]]

    @property
    def states(self) -> frozenset[str]:
        return frozenset({self.initial}).union(self.edges, *self.edges.values())

    @property
    def final(self) -> frozenset[str]:
        """The states that nothing leaves."""
        return frozenset(state for state in self.states if not self.edges.get(state))

    def allows(self, source: str, target: str) -> bool:
        return target in self.edges.get(source, ())

    def check(self, source: str, target: str) -> None:
        """IllegalTransition unless ``source`` → ``target`` is an edge."""
        if not self.allows(source, target):
            raise IllegalTransition(self.name, source, target)

    def unreachable(self) -> frozenset[str]:
        """The states that no path from the initial one reaches."""
        seen = {self.initial}
        waiting = [self.initial]
        while waiting:
            new = set(self.edges.get(waiting.pop(), ())) - seen
            seen |= new
            waiting.extend(new)
        return self.states - seen


def _lifecycle(name: str, initial: str, **edges: str) -> Lifecycle:
    targets = {source: frozenset(names.split()) for source, names in edges.items()}
    return Lifecycle(name, initial, targets)


RUN = _lifecycle("run", "draft", draft="done failed")
CONTACT = _lifecycle(
    "contact",
    "draft",
    draft="planned cancelled",
    planned="sending cancelled",
    sending="sent failed in_doubt",
    failed="planned cancelled",
    in_doubt="sent failed",
)
HOLD = _lifecycle("hold", "open", open="released expired")
OPT_OUT = _lifecycle("opt_out", "open", open="ended")
OBLIGOR = _lifecycle("obligor", "open", open="ended")
DISPUTE = _lifecycle("dispute", "open", open="upheld rejected withdrawn")
PROMISE = _lifecycle("promise", "open", open="closed cancelled")
COST = _lifecycle(
    "cost",
    "budget",
    budget="advance final cancelled",
    advance="final cancelled",
)
CHARGE = _lifecycle(
    "charge",
    "assessed",
    assessed="waived billed reversed",
    waived="assessed",
    billed="assessed reversed",
)
LATE = _lifecycle(
    "paid late",
    "new",
    new="open none claimed",
    open="new claimed left none",
    claimed="new",
    left="new open",
    none="new",
)
ERASURE = _lifecycle(
    "erasure",
    "proposed",
    proposed="approved refused",
    approved="done refused",
)
PRIVACY = _lifecycle(
    "privacy request",
    "received",
    received="answered refused withdrawn",
)
MANDATE = _lifecycle(
    "mandate",
    "draft",
    draft="requested valid revoked",
    requested="draft valid revoked",
    valid="exhausted expired suspended revoked",
    exhausted="valid revoked",
    suspended="valid expired revoked",
)
DEBIT = _lifecycle(
    "debit",
    "planned",
    planned="notified presented cancelled",
    notified="planned presented cancelled",
    presented="paid returned refunded cancelled",
    paid="returned refunded",
)
DEBIT_BATCH = _lifecycle("batch of debits", "draft", draft="presented cancelled")
AGREEMENT = _lifecycle(
    "payment agreement",
    "draft",
    draft="requested cancelled",
    requested="draft approved rejected cancelled",
    approved="draft offered rejected cancelled",
    offered="draft signed rejected cancelled",
    signed="active cancelled",
    active="completed breached accelerated superseded",
    completed="active breached",
    breached="active completed accelerated superseded",
    accelerated="active superseded",
)
AGREEMENT_PAPER = _lifecycle(
    "paper of an agreement", "written", written="signed void", signed="void"
)
SUSPENSION = _lifecycle(
    "suspension of services",
    "proposed",
    proposed="noticed dropped",
    noticed="proposed in_force dropped",
    in_force="lifted",
)
DOCUMENT = _lifecycle(
    "document",
    "missing",
    missing="received not_applicable",
    received="checked defective expired",
    checked="received defective expired",
    defective="received not_applicable",
    expired="received not_applicable",
    not_applicable="missing",
)
CUSTODY = _lifecycle(
    "original of a paper title",
    "nowhere",
    nowhere="received",
    received="handed deposited given_back",
    returned="handed deposited given_back",
    handed="deposited returned",
    deposited="returned",
)
"""Each state is the last thing that happened to the original: we hold it while it was
received or returned last."""
PREPARED = "draft warned demanded running eligible approved suspended"
LISTING = _lifecycle(
    "report to a credit register",
    "draft",
    draft="warned demanded running eligible approved suspended cancelled",
    warned="draft demanded running eligible approved suspended cancelled",
    demanded="draft warned running eligible approved suspended cancelled",
    running="draft warned demanded eligible approved suspended cancelled",
    eligible="draft warned demanded running approved suspended cancelled",
    approved="draft warned demanded running eligible suspended submitted cancelled",
    suspended="draft warned demanded running eligible approved cancelled",
    submitted="blocked visible rejected removal_requested error",
    blocked="visible removal_requested error",
    visible="removal_requested error",
    removal_requested="removed error",
    error="blocked visible removal_requested removed",
)
"""Until it is submitted its state follows from what is known of the debt."""
CASE = _lifecycle(
    "case",
    "draft",
    draft="review cancelled",
    review="draft open cancelled",
    open="closed",
)
PROCEEDING = _lifecycle(
    "proceeding",
    "draft",
    draft="filed cancelled",
    filed="ended",
    ended="filed",
)
MEASURE = _lifecycle(
    "measure",
    "known",
    known="asked dropped",
    asked="ordered refused dropped",
    ordered="registered released realised",
    registered="released realised",
    refused="asked",
)
JUDGMENT = _lifecycle(
    "judgment",
    "draft",
    draft="given cancelled",
    given="firm revoked",
    firm="revoked",
)
REALISATION = _lifecycle(
    "realisation", "draft", draft="done cancelled", done="cancelled"
)
INSOLVENCY_CLAIM = _lifecycle(
    "claim in an insolvency",
    "open",
    open="sent left",
    sent="recognised refused",
    left="open",
)
LATER = _lifecycle("debt of after a lawsuit", "open", open="added separate left paid")
DEADLINE = _lifecycle(
    "deadline",
    "open",
    open="done missed closed cancelled",
    missed="done",
    done="open",
    closed="open",
)
"""What was done or closed by mistake may be opened again; what was missed may turn out
to have been done in time."""
HEARING = _lifecycle("hearing", "planned", planned="held adjourned cancelled")
POWER = _lifecycle("power", "open", open="revoked")
PLACEMENT = _lifecycle(
    "debts with an agency", "draft", draft="placed cancelled", placed="ended"
)
NEGOTIATION = _lifecycle("negotiation", "open", open="ended agreed", ended="agreed")
CASE_MAIL = _lifecycle(
    "mail of a case", "waiting", waiting="filed discarded", discarded="filed"
)
PROVISION_RUN = _lifecycle(
    "provision run",
    "draft",
    draft="computed",
    computed="draft posted",
    posted="reversed",
)
WRITE_OFF = _lifecycle(
    "write-off",
    "draft",
    draft="requested cancelled",
    requested="draft declared refused cancelled",
    declared="approved refused cancelled",
    approved="posted cancelled",
    posted="undone",
)


VAT_RELIEF = _lifecycle(
    "tax relief",
    "watched",
    watched="left booked",
    left="watched",
    booked="notified restored",
    notified="restored",
)
"""What was booked is never taken off: it is raised again by another entry."""
