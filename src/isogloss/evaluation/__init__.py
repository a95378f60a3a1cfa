"""How good a head is: figures a frame, a clip and a speaker, and who was heard before."""
