"""The faults that are put in are real ones, and each has its own name."""

from tests.deep_mutation.deep import ROOT, TESTS, survivors
from tests.deep_mutation.mutants import mutants


def test_a_bound_a_conjunct_and_a_member_of_a_set_are_each_put_wrong() -> None:
    made = {mutant.text for mutant in mutants("def f(a, b):\n    return a <= 1 and b in {2, 3}")}
    for fault in (
        "a < 1 and b in {2, 3}",
        "a <= 1 or b in {2, 3}",
        "b in {2, 3}",
        "a <= 1",
        "a <= 1 and b in {2}",
        "a <= 1 and b not in {2, 3}",
        "a <= 2 and b in {2, 3}",
    ):
        assert f"def f(a, b):\n    return {fault}" in made


def test_what_is_only_said_is_left_alone() -> None:
    assert list(mutants('"""Doc."""\nimport os\n\ndef f(a: "int") -> "str":\n    """Doc."""')) == []
    assert all("Why" not in mutant.change for mutant in mutants('x = Refusal("CODE", "Why.")'))


def test_every_fault_has_a_name_of_its_own_and_every_known_survivor_is_one() -> None:
    names = [f"{module} {mutant.name}" for module in TESTS for mutant in mutants((ROOT / module).read_text())]
    assert len(names) == len(set(names)) > 150
    assert survivors().keys() <= set(names)
    assert all(len(reason) > 20 for reason in survivors().values())
