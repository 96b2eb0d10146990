"""The named qualities: each draws a wear from a seed, within the range that its name stands for."""

from __future__ import annotations

from random import Random

from cloister.samples.wear import Wear

QUALITIES = ("clean", "scan", "fax", "photo", "poor")


def wear_of(quality: str, seed: int) -> Wear:
    """The wear of one page of this quality."""
    rng = Random(f"wear/{quality}/{seed}")
    match quality:
        case "clean":
            return Wear()
        case "scan":
            return Wear(
                skew=rng.uniform(-0.6, 0.6),
                grain=rng.uniform(20, 34),
                paper=rng.uniform(5, 14),
                blur=rng.uniform(0.5, 0.9),
                noise=rng.uniform(2, 4.5),
                shadow=rng.choice([0.0, 0.0, rng.uniform(0.03, 0.1)]),
                speckle=rng.choice([0.0, rng.uniform(0.01, 0.06)]),
                bleed=rng.choice([0.0, 0.0, rng.uniform(0.03, 0.08)]),
                jpeg=rng.randint(75, 92),
            )
        case "fax":
            return Wear(
                skew=rng.uniform(-1.2, 1.2),
                grain=24,
                speckle=rng.uniform(0.02, 0.15),
                fax=rng.choice(["fine", "fine", "standard"]),
            )
        case "photo":
            return Wear(
                skew=rng.uniform(-3, 3),
                tilt=rng.uniform(-0.06, 0.06),
                grain=18,
                paper=rng.uniform(8, 22),
                blur=rng.uniform(0.9, 1.7),
                noise=rng.uniform(4, 8),
                shadow=rng.uniform(0.2, 0.45),
                contrast=rng.uniform(0.75, 0.95),
                jpeg=rng.randint(60, 80),
            )
        case "poor":
            copied = rng.random() < 0.5
            return Wear(
                skew=rng.uniform(-2.5, 2.5),
                grain=rng.uniform(34, 52),
                bleed=rng.uniform(0.05, 0.22),
                blur=rng.uniform(0.8, 1.6),
                noise=rng.uniform(5, 11),
                contrast=1.0 if copied else rng.uniform(0.45, 0.8),
                speckle=rng.uniform(0.08, 0.4),
                paper=rng.uniform(6, 26),
                resolution=rng.choice([120, 150, 200]),
                threshold=rng.randint(120, 165) if copied else 0,
                jpeg=0 if copied else rng.randint(35, 65),
            )
        case _:
            raise ValueError("qualities are: " + ", ".join(QUALITIES))
