"""Say by the exit code whether the node of this container is ready: 0 if it is, 1 if it is not or does not answer."""

import os
import sys
from http.client import HTTPConnection, HTTPException

# Not urlopen: it would ask the proxy that the environment names.
SECONDS = 8.0


def main() -> int:
    """Ask the node on loopback."""
    connection = HTTPConnection("127.0.0.1", int(os.environ.get("SANGAM_PORT", "8470")), timeout=SECONDS)
    try:
        connection.request("GET", "/health/ready")
        return 0 if connection.getresponse().status == 200 else 1
    except (OSError, HTTPException):
        return 1
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main())
