"""The people of the journey: invented names, real-looking documents, no two alike.

Deterministic: the same seed gives the same people, except for the run's own mark in e-mails and document
numbers, so that the journey can be driven again on the same databases.
"""

import random
from dataclasses import dataclass
from datetime import date, timedelta

GIVEN = (
    "Nimal", "Kumari", "Sunil", "Chathura", "Dilani", "Ruwan", "Sanduni", "Kasun", "Tharindu", "Ishara",
    "Malith", "Nadeesha", "Arjun", "Kavitha", "Suresh", "Priya", "Ravi", "Anjali", "Mohan", "Lakshmi",
    "Fathima", "Rizwan", "Shiraz", "Aisha", "Imran", "Dinesh", "Hasini", "Buddhika", "Gayani", "Lahiru",
)  # fmt: skip
FAMILY = (
    "Perera", "Fernando", "Bandara", "Jayawardena", "Wickramasinghe", "Ratnayake", "Gunawardena", "Silva",
    "Dissanayake", "Herath", "Selvarajah", "Nadarajah", "Sivakumar", "Rajendran", "Mohamed", "Cassim",
    "Abeysekera", "Karunaratne", "Weerasinghe", "Liyanage",
)  # fmt: skip


@dataclass(frozen=True)
class Person:
    """Somebody who registers. `expected` says what should become of it: active or refused."""

    tenant: str
    full_name: str
    email: str
    password: str
    date_of_birth: date
    national_id: str
    phone: str
    residency: str
    expected: str
    is_listed: bool = False


def national_id(born: date, serial: int) -> str:
    """Return a Sri Lankan identity number of 12 digits: year, day of the year, serial."""
    # The number counts 29 February in every year, so days after it move up by one in common years.
    leap = born.year % 4 == 0 and (born.year % 100 != 0 or born.year % 400 == 0)
    day = born.timetuple().tm_yday + (1 if born.month > 2 and not leap else 0)
    return f"{born.year}{day:03d}{serial % 100_000:05d}"


def make_people(tenants: tuple[str, str], count: int, mark: str, today: date, seed: int = 7) -> list[Person]:
    """Return `count` people over two tenants; the last two must be refused: too young, and listed."""
    source = random.Random(seed)  # noqa: S311 - invented people need no secrets
    names = [f"{given} {family}" for given in GIVEN for family in FAMILY]
    source.shuffle(names)
    base = int(mark, 16) % 90_000
    people = []
    for number in range(count):
        born = date(1960, 1, 1) + timedelta(days=source.randrange(0, 40 * 365))
        full_name, expected = names[number], "active"
        if number == count - 2:
            born, expected = today - timedelta(days=16 * 365 + 40), "refused"
        if number == count - 1:
            full_name, expected = "Viktor Anatolyevich Bout", "refused"
        people.append(
            Person(
                tenant=tenants[number % 2],
                full_name=full_name,
                email=f"{full_name.split()[0].lower()}.{number}.{mark}@example.lk",
                password=f"correct horse {mark} {number}",
                date_of_birth=born,
                national_id=national_id(born, base + number),
                phone=f"+9477{(base * 100 + number) % 10_000_000:07d}",
                residency="LK",
                expected=expected,
                is_listed=number == count - 1,
            )
        )
    return people
