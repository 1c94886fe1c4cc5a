"""What a state's case files add: whose demand it was, who suffered it, who is accused of it."""

from intake.world.book import Book
from intake.world.extortion import Chain, fir_number, record_chain
from intake.world.people import as_phone, invent_child, invent_human, link_phone, record_person
from intake.world.rosters import Roster
from schemas.draft import RecordDraft, ValueEnd
from schemas.incident import Channel, IncidentContent, Step
from schemas.link import LinkContent, LinkKind
from schemas.person import Category, PersonContent

_PART_IN = {
    Category.SUSPECT: LinkKind.SUSPECT_IN,
    Category.ACCUSED_CHARGED: LinkKind.ACCUSED_IN,
    Category.PROCLAIMED: LinkKind.ACCUSED_IN,
    Category.CONVICTED: LinkKind.CONVICTED_IN,
}
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


class CaseFiles:
    """Writes the cases of one state's gangs, with the serial numbers of their reports."""

    def __init__(self, book: Book, rosters: list[Roster], spare_phones: list[str]) -> None:
        self._book, self._rosters, self._spare, self._serial = book, rosters, spare_phones, 0

    def record_case(self, roster: Roster) -> None:
        """Write one chain of extortion down, by this gang or at least in its name."""
        book, dice = self._book, self._book.dice
        chain = record_chain(book, roster.gang.called, roster.near)
        for incident in chain.incidents:
            book.link(LinkKind.CLAIMED_BY, incident, roster.record)
            self._attribute(incident, roster)
            if dice.chance(0.8):
                self._serial += 1
                book.link(LinkKind.IDENTIFIED_BY, incident, fir_number(book, incident, self._serial))
        self._record_target(chain, self._record_means(chain, roster))

    def _attribute(self, incident: RecordDraft, roster: Roster) -> None:
        """Attribute an incident to the gang that claims it, or to a rival that hides behind the name, or to none."""
        dice = self._book.dice
        rivals = [other for other in self._rosters if other.gang.number in roster.gang.rivals]
        behind = dice.pick(rivals) if rivals and dice.chance(0.3) else roster
        if dice.chance(0.8):
            self._book.link(LinkKind.ATTRIBUTED_TO, incident, behind.record)
        for member in dice.some(behind.members, dice.between(0, 3)):
            if isinstance(member.content, PersonContent) and (kind := _PART_IN.get(member.content.category)):
                self._book.link(kind, member, incident)

    def _record_means(self, chain: Chain, roster: Roster) -> ValueEnd | None:
        """Write down the phone or account that a chain ran over, and give the phone."""
        book, dice, phone = self._book, self._book.dice, None
        if chain.channel in _BY_PHONE:
            abroad, *others = roster.gang.phones
            number = abroad if chain.channel is Channel.INTL_NUMBER else dice.pick(others)
            phone = as_phone(dice, number)
            for incident in chain.incidents:
                book.link(LinkKind.USED_IN, phone, incident, LinkContent(as_written=phone.value))
        last = chain.incidents[-1].content
        rungs = last.escalation if isinstance(last, IncidentContent) else ()
        claimed = any(rung.step is Step.CLAIM_OF_RESPONSIBILITY for rung in rungs)
        if claimed or chain.channel is Channel.SOCIAL_POST:
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
