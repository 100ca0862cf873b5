"""How a Glue script reads its arguments."""


def getResolvedOptions(argv, names):
    """The named arguments' values; every one is needed. Arguments that are not asked for are left alone, as in Glue."""
    options = {}
    for name in names:
        if f"--{name}" not in argv:
            raise RuntimeError(f"the argument --{name} is missing")
        options[name] = argv[argv.index(f"--{name}") + 1]
    return options
