"""What is generated from the sources is as the sources would make it now, and fits the schema within every limit."""

from pathlib import Path

from api.documents import TrustedDocuments
from api.exported import exported
from api.gql.schema import SCHEMA
from api.prepared import DocumentShelf
from sangam.documents import packaged


def test_no_exported_document_differs_from_its_source() -> None:
    stale = [
        path.name for path, content in exported().items() if path.suffix == ".json" and path.read_bytes() != content
    ]
    assert stale == [], "run `make schema`"


def test_every_document_of_the_client_is_one_that_a_node_in_production_answers() -> None:
    trusted = TrustedDocuments.packaged()
    DocumentShelf(SCHEMA._schema, trusted, training=False)
    assert all(trusted.text(one.digest) == one.text for one in packaged().values())
    assert len(packaged()) == len(list((Path(__file__).parents[2] / "api" / "documents").glob("*.graphql")))
