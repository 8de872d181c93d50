"""Pictures and sequences: networks whose neurons are used at many windows."""
