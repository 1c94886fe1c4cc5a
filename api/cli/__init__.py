"""The command line `sangam`: every command in one place, and how each ends.

Exit codes: 0 done, 1 refused, 2 wrong usage, 3 unavailable.
"""

import stamina
import typer

from api.cli import accounts, asking, database, demo, importing, ledger, node
from api.cli.saying import Honest, group

app = typer.Typer(
    cls=Honest,
    help="Sangam: the police of each state share what they know of organised crime, and keep it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for _command in (
    demo.demo,
    node.serve,
    asking.ask,
    asking.find,
    asking.network,
    asking.record,
    node.settings,
    node.schema,
):
    app.command(_command.__name__)(_command)
app.command("import")(importing.import_)
app.add_typer(group("Enquiries: why you look.", [asking.open_, asking.close]), name="enquiry")
app.add_typer(
    group(
        "Accounts: who may sign in, and what they hold.",
        [accounts.bootstrap, accounts.add, accounts.list_, accounts.disable, accounts.grant, accounts.confirm],
    ),
    name="officer",
)
app.add_typer(group("The ledger of every look.", [ledger.verify, ledger.search]), name="ledger")
app.add_typer(
    group(
        "The node's own Neo4j.",
        [database.start, database.stop, database.status, database.migrate, database.fetch],
    ),
    name="database",
)


def main() -> None:
    """Run the command line."""
    stamina.instrumentation.set_on_retry_hooks([])  # what matters is said once, at the end
    app(prog_name="sangam")
