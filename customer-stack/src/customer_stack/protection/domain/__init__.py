"""Pure rules of protection: windows, limits and how they change, pauses, exclusions, reality checks."""
