"""Reading what a buyer uploads: figures, a 3D preview and a picture, by a child with limits.

`reader.read_part` is the only door. Nothing outside this package imports the other modules, and
only the child process imports the CAD kernel, numpy and the readers of the single formats.
"""
