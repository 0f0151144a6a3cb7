"""Where published lists come from: a folder, an address, the package itself."""
