"""One module per format; each has `read(path, units, limits, pictures) -> PartFacts`.

`pictures` is the folder for preview and thumbnail, or None when only figures are wanted. The
modules run in the child process only and are imported by name, so that reading an STL does not
pay for loading the CAD kernel.
"""
