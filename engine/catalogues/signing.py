# SPDX-License-Identifier: GPL-3.0-or-later
"""Signed addresses: a line here for each way, called for each asset just before it is opened."""

from __future__ import annotations

from typing import Callable, Dict

from ..contract.errors import UnreachableCatalogue


def sign(href: str, signing: str) -> str:
    """The address under which an asset can be read.

    Args:
        href: Its address in the catalogue.
        signing: The item's ``signing``.

    Raises:
        UnreachableCatalogue: The service that signs does not answer.
    """
    return SIGNERS[signing](href)


def _planetary_computer(href: str) -> str:
    import planetary_computer
    import requests

    try:
        signed: str = planetary_computer.sign(href)  # keeps tokens until they end
    except (requests.RequestException, ValueError, TypeError) as error:  # also a useless answer
        raise UnreachableCatalogue(
            f"Planetary Computer signed no address: {' '.join(str(error).split())[:300]}.",
            "Run it again later.",
        ) from error
    return signed


SIGNERS: Dict[str, Callable[[str], str]] = {
    "": lambda href: href,
    "planetary-computer": _planetary_computer,
}
