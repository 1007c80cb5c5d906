"""Which accounts one question debits."""

from __future__ import annotations

from dataclasses import dataclass

from privacy.accounting.charges import ATTO, NANO, Charge


@dataclass(frozen=True, slots=True)
class Caps:
    """What a population may lose in its lifetime, and a researcher's part of it in a year.

    Parameters
    ----------
    lifetime_nano_rho
        Cap of the population over all datasets and versions, for ever.
    delta_people
        The lifetime δ is 1 / (delta_people × public size of the population).
    researcher_share
        A researcher and year may spend one part in this many of both.
    """

    lifetime_nano_rho: int = NANO
    delta_people: int = 10
    researcher_share: int = 10

    def lifetime(self, public_size: int) -> Charge:
        """Return the population's cap."""
        return Charge(self.lifetime_nano_rho, ATTO // (self.delta_people * public_size))

    def researcher(self, public_size: int) -> Charge:
        """Return the cap of one researcher in one year."""
        whole = self.lifetime(public_size)
        share = self.researcher_share
        return Charge(whole.nano_rho // share, whole.atto_delta // share)


@dataclass(frozen=True, slots=True)
class AccountSpec:
    """An account that a charge debits: opened with this cap when it does not exist yet."""

    id: str
    parent: str | None
    kind: str
    cap: Charge


def accounts_for(
    *,
    population: str,
    public_size: int,
    dataset: str,
    purpose: str,
    researcher: str,
    year: int,
    caps: Caps,
) -> tuple[AccountSpec, ...]:
    """Return the accounts that one question debits, parents first.

    The researcher's account of the year stands under the population and not under the purpose,
    so that its cap holds over all datasets and purposes of that population.
    """
    whole, personal = caps.lifetime(public_size), caps.researcher(public_size)
    at_dataset = f"{population}/datasets/{dataset}"
    return (
        AccountSpec(population, None, "population", whole),
        AccountSpec(at_dataset, population, "dataset", whole),
        AccountSpec(f"{at_dataset}/purposes/{purpose}", at_dataset, "purpose", whole),
        AccountSpec(
            f"{population}/researchers/{researcher}/{year}", population, "researcher", personal
        ),
    )
