"""`python -m docs.generator`: write the reference pages."""

from docs.generator.pages import main

main()
