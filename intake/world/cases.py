"""What a state's case files add: whose demand it was, what was used, who suffered it, who is accused of it."""

from intake.world.book import Book
from intake.world.extortion import SHOTS, Chain, record_chain
from intake.world.papers import Case, Docket
from intake.world.people import as_phone, invent_child, invent_human, link_phone, record_person
from intake.world.rosters import Roster
from intake.world.weapons import record_weapons
from intake.world.whereabouts import Whereabouts
from schemas.draft import RecordDraft, ValueEnd
from schemas.incident import Channel, PaymentRoute, Step
from schemas.link import LinkContent, LinkKind
from schemas.person import Category, PersonContent

_CHARGEABLE = frozenset({Category.ACCUSED_CHARGED, Category.PROCLAIMED, Category.CONVICTED})
_PURSUED = _CHARGEABLE | {Category.SUSPECT}
_BY_PHONE = frozenset(
    {
        Channel.VOIP,
        Channel.INTL_NUMBER,
        Channel.WHATSAPP_CALL,
        Channel.WHATSAPP_VOICE,
        Channel.SIGNAL,
        Channel.DABBA_CALLING,
    }
)
_BY_ACCOUNT = frozenset({PaymentRoute.BANK, PaymentRoute.UPI})


class CaseFiles:
    """Writes the cases of one state's gangs."""

    def __init__(self, book: Book, rosters: list[Roster], places: Whereabouts, spare_phones: list[str]) -> None:
        self._book, self._rosters, self._places, self._spare = book, rosters, places, spare_phones
        self._docket = Docket(book)
        self._fired: dict[int, list[Chain]] = {}

    def record_case(self, roster: Roster) -> None:
        """Write one chain of extortion down, by this gang or at least in its name."""
        book, dice, scene = self._book, self._book.dice, self._places.scene()
        chain = record_chain(book, scene, roster.gang.called, roster.near)
        behind = self._behind(roster)
        for incident in chain.incidents:
            book.link(LinkKind.CLAIMED_BY, incident, roster.record)
            if dice.chance(0.8):
                book.link(LinkKind.ATTRIBUTED_TO, incident, behind.record)
            if scene.place:
                book.link(LinkKind.OCCURRED_AT, incident, scene.place)
        self._pursue(chain, behind)
        self._record_means(chain, behind)
        self._record_target(chain, self._record_voice(chain, roster))

    def record_weapons(self) -> None:
        """Write down what was fired in the chains so far, gang by gang."""
        for roster in self._rosters:
            if fired := self._fired.pop(roster.gang.number, None):
                record_weapons(self._book, fired, roster.near)

    def _behind(self, roster: Roster) -> Roster:
        """Give the gang that claims a chain, or a rival that hides behind its name."""
        dice = self._book.dice
        rivals = [other for other in self._rosters if other.gang.number in roster.gang.rivals]
        return dice.pick(rivals) if rivals and dice.chance(0.3) else roster

    def _pursue(self, chain: Chain, behind: Roster) -> None:
        """Write down who is suspected, accused and convicted, in the incidents and in their case if there is one."""
        book, dice = self._book, self._book.dice
        named = dice.some(behind.members, dice.between(0, 5))
        convicts = [member for member in behind.members if _category(member) is Category.CONVICTED]
        if convicts and dice.chance(0.4):
            # Who has been convicted before is looked at first.
            first = dice.pick(convicts)
            named = [first, *(one for one in named if one is not first)]
        pursued = [one for one in named if _category(one) in _PURSUED]
        accused = [one for one in pursued if _category(one) in _CHARGEABLE]
        case = self._docket.open_case(chain, behind, pursued, accused) if dice.chance(0.8) else None
        for person in pursued:
            kind = _part(person, case)
            for incident in chain.incidents:
                book.link(kind, person, incident)
            if case:
                beside = kind is LinkKind.ACCUSED_IN and person is not accused[0]
                book.link(LinkKind.CO_ACCUSED_IN if beside else kind, person, case.record)

    def _record_means(self, chain: Chain, behind: Roster) -> None:
        """Write down what those behind a chain came in, shot with and were to be paid by."""
        book, dice = self._book, self._book.dice
        if chain.steps & (SHOTS | {Step.RECCE}) and dice.chance(0.6):
            book.link(LinkKind.USED_IN, dice.pick(behind.vehicles), chain.incidents[-1])
        if chain.steps & SHOTS:
            self._fired.setdefault(behind.gang.number, []).append(chain)
        if chain.route in _BY_ACCOUNT:
            book.link(LinkKind.USED_IN, dice.pick(behind.money), chain.incidents[0])

    def _record_voice(self, chain: Chain, roster: Roster) -> ValueEnd | None:
        """Write down the phone or account that a chain ran over, and give the phone."""
        book, dice, phone = self._book, self._book.dice, None
        if chain.channel in _BY_PHONE:
            abroad, *others = roster.gang.phones
            number = abroad if chain.channel is Channel.INTL_NUMBER else dice.pick(others)
            phone = as_phone(dice, number)
            for incident in chain.incidents:
                book.link(LinkKind.USED_IN, phone, incident, LinkContent(as_written=phone.value))
        if Step.CLAIM_OF_RESPONSIBILITY in chain.steps or chain.channel is Channel.SOCIAL_POST:
            book.link(LinkKind.USED_IN, dice.pick(roster.accounts), chain.incidents[-1])
        return phone

    def _record_target(self, chain: Chain, caller: ValueEnd | None) -> None:
        """Write down who was threatened, who complained and who saw it; and now and then a child who was used."""
        book, dice = self._book, self._book.dice
        victim = record_person(book, invent_human(dice, book.on), Category.VICTIM)
        people = {LinkKind.VICTIM_OF: victim}
        if dice.chance(0.5):
            people[LinkKind.COMPLAINANT_OF] = record_person(book, invent_human(dice, book.on), Category.COMPLAINANT)
        if dice.chance(0.6):
            people[LinkKind.WITNESS_OF] = record_person(book, invent_human(dice, book.on), Category.WITNESS)
        for kind, person in people.items():
            for incident in chain.incidents:
                book.link(kind, person, incident)
        if dice.chance(0.04):
            child = record_person(book, invent_child(dice, book.on), Category.CHILD_IN_CONFLICT)
            book.link(LinkKind.SUSPECT_IN, child, chain.incidents[-1])
        if caller and self._spare and dice.chance(0.5):
            called = link_phone(book, victim, self._spare.pop())
            book.link(LinkKind.CALLED, caller, called, LinkContent(weight=dice.between(1, 9)))


def _category(person: RecordDraft) -> Category | None:
    return person.content.category if isinstance(person.content, PersonContent) else None


def _part(person: RecordDraft, case: Case | None) -> LinkKind:
    """Give what a person is in a chain: whoever stands charged or convicted elsewhere is a suspect without a case."""
    if case is None or _category(person) not in _CHARGEABLE:
        return LinkKind.SUSPECT_IN
    if case.charge and case.charge.convicted and _category(person) is Category.CONVICTED:
        return LinkKind.CONVICTED_IN
    return LinkKind.ACCUSED_IN
