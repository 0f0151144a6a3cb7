"""The wire shapes of the wall between the stacks, one subpackage per version, generated from `proto/`."""
