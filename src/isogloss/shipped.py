"""What the package's own preset is called: a word that nothing need be loaded for."""

SHIPPED = "stella"
"""After the first words of the text that it knows."""
