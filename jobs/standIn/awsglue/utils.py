"""Reads the arguments of a Glue script."""


def getResolvedOptions(argv, names):
    """Returns the values of the named arguments, all of them required; ignores other arguments, as Glue does."""
    options = {}
    for name in names:
        if f"--{name}" not in argv:
            raise RuntimeError(f"the argument --{name} is missing")
        options[name] = argv[argv.index(f"--{name}") + 1]
    return options
