"""`python -m copytaster.cli`."""

from copytaster.cli import main

main()
